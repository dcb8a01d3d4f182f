import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/**
 * One Adam step. It works in place wherever nobody else holds the data, so that clones, views and other
 * variables keep theirs.
 */
export const adam: NativeKernel = {
  name: 'Seq2SeqAdam',
  run(heap, call) {
    const parameter = input(call, 'parameter');
    const m = input(call, 'm');
    const v = input(call, 'v');
    const gradient = input(call, 'gradient');
    // Data that has two roles must not be overwritten in one of them.
    const others = [gradient, input(call, 'scale')];
    const target = (tensor: TensorInfo): TensorInfo => {
      const shared =
        heap.references(tensor) > 1 ||
        [...others, parameter, m, v].filter((other) => other.dataId === tensor.dataId).length > 1;
      return shared ? heap.output(tensor.shape) : heap.overwrite(tensor);
    };
    const outputs = [parameter, m, v].map(target) as [TensorInfo, TensorInfo, TensorInfo];
    heap.kernels.adam({
      parameter: heap.address(parameter),
      gradient: heap.address(gradient),
      m: heap.address(m),
      v: heap.address(v),
      scale: heap.address(input(call, 'scale')),
      parameterOut: heap.address(outputs[0]),
      mOut: heap.address(outputs[1]),
      vOut: heap.address(outputs[2]),
      count: util.sizeFromShape(parameter.shape),
      learningRate: attribute<number>(call, 'learningRate'),
      beta1: attribute<number>(call, 'beta1'),
      beta2: attribute<number>(call, 'beta2'),
      epsilon: attribute<number>(call, 'epsilon'),
      correction1: attribute<number>(call, 'correction1'),
      correction2: attribute<number>(call, 'correction2'),
    });
    return outputs;
  },
};
