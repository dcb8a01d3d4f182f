import { dispose, tensor2d, train, variableGrads, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import { mean, mul, neg, oneHot, reshape, logSoftmax, sum } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { createRandom } from '../src/index.js';
import type { ModelSizes } from './model.js';

/** The same model in tfjs-layers, trained a step at a time. Its GRU applies the reset gate before the product. */
export interface LayersModel {
  /** One update; reads the loss. */
  step(): number;
  dispose(): void;
}

/** Builds it with random weights and random ids. Only models without attention can be expressed. */
export function layersModel({
  vocabulary,
  embedding,
  units,
  layers: depth,
  batch,
  length,
  dropout,
}: ModelSizes): LayersModel {
  const stack = (ids: SymbolicTensor, start: SymbolicTensor[] | null): [SymbolicTensor, SymbolicTensor[]] => {
    let x = layers.embedding({ inputDim: vocabulary, outputDim: embedding }).apply(ids) as SymbolicTensor;
    x = layers.dropout({ rate: dropout }).apply(x) as SymbolicTensor;
    const states: SymbolicTensor[] = [];
    for (let layer = 0; layer < depth; layer++) {
      const gru = layers.gru({
        units,
        returnSequences: true,
        returnState: true,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
      });
      const inputs = start === null ? x : [x, start[layer] as SymbolicTensor];
      const [output, state] = gru.apply(inputs) as [SymbolicTensor, SymbolicTensor];
      states.push(state);
      x = layer < depth - 1 ? (layers.dropout({ rate: dropout }).apply(output) as SymbolicTensor) : output;
    }
    return [x, states];
  };
  const source = input({ shape: [length], dtype: 'int32' });
  const target = input({ shape: [length - 1], dtype: 'int32' });
  const [, states] = stack(source, null);
  const [features] = stack(target, states);
  const logits = layers.dense({ units: vocabulary }).apply(features) as SymbolicTensor;
  const network = model({ inputs: [source, target], outputs: logits });

  const random = createRandom(2);
  const ids = (time: number): Tensor2D =>
    tensor2d(
      Int32Array.from({ length: batch * time }, () => random.integer(vocabulary)),
      [batch, time],
      'int32',
    );
  const [sources, targets, labels] = [ids(length), ids(length - 1), ids(length - 1)] as const;
  const optimizer = train.adam(1e-3);
  const loss = (): Scalar => {
    const scores = reshape(network.apply([sources, targets], { training: true }) as Tensor2D, [
      -1,
      vocabulary,
    ]);
    const truth = oneHot(reshape(labels, [-1]), vocabulary, 1, 0, 'float32');
    return neg(mean(sum(mul(logSoftmax(scores), truth), 1))) as Scalar;
  };
  return {
    step() {
      const { value, grads } = variableGrads(loss);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      dispose(grads);
      const [number] = value.dataSync();
      value.dispose();
      return number as number;
    },
    dispose() {
      dispose([sources, targets, labels]);
      network.dispose();
      optimizer.dispose();
    },
  };
}
