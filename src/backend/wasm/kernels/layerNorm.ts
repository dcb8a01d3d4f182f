import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/**
 * Layer normalisation (Ba et al. 2016) of the rows of `x`. Outputs are `y`, and `mean` and `rstd` `[rows]`.
 */
export const layerNorm: NativeKernel = {
  name: 'Seq2SeqLayerNorm',
  run(heap, call) {
    const x = input(call, 'x');
    const [rows, size] = x.shape as [number, number];
    const [y, mean, rstd] = [heap.output(x.shape), heap.output([rows]), heap.output([rows])] as const;
    heap.kernels.layerNorm({
      x: heap.address(x),
      scale: heap.address(input(call, 'scale')),
      shift: heap.address(input(call, 'shift')),
      rows,
      size,
      epsilon: attribute<number>(call, 'epsilon'),
      y: heap.address(y),
      mean: heap.address(mean),
      rstd: heap.address(rstd),
    });
    return [y, mean, rstd];
  },
};

/** The gradients of {@link layerNorm} for `x`, `scale` and `shift`. */
export const layerNormGrad: NativeKernel = {
  name: 'Seq2SeqLayerNormGrad',
  run(heap, call) {
    const x = input(call, 'x');
    const [rows, size] = x.shape as [number, number];
    const [dx, dScale, dShift] = [heap.output(x.shape), heap.output([size]), heap.output([size])] as const;
    heap.kernels.layerNormGrad({
      dy: heap.address(input(call, 'dy')),
      x: heap.address(x),
      scale: heap.address(input(call, 'scale')),
      mean: heap.address(input(call, 'mean')),
      rstd: heap.address(input(call, 'rstd')),
      rows,
      size,
      dx: heap.address(dx),
      dScale: heap.address(dScale),
      dShift: heap.address(dShift),
    });
    return [dx, dScale, dShift];
  },
};
