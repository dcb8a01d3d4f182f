import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** Layer normalisation (Ba et al. 2016) of the rows of `x` `[rows, size]`; outputs `y`, `mean` and `rstd` `[rows]`. */
export const layerNorm: NativeKernel = {
  name: 'Seq2SeqLayerNorm',
  run(heap, call) {
    const x = input(call, 'x');
    const [rows, size] = x.shape as [number, number];
    const [y, mean, rstd] = [heap.output(x.shape), heap.output([rows]), heap.output([rows])] as const;
    heap.kernels.layerNorm(
      heap.address(x),
      heap.address(input(call, 'scale')),
      heap.address(input(call, 'shift')),
      rows,
      size,
      attribute<number>(call, 'epsilon'),
      heap.address(y),
      heap.address(mean),
      heap.address(rstd),
    );
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
    heap.kernels.layerNormGrad(
      heap.address(input(call, 'dy')),
      heap.address(x),
      heap.address(input(call, 'scale')),
      heap.address(input(call, 'mean')),
      heap.address(input(call, 'rstd')),
      rows,
      size,
      heap.address(dx),
      heap.address(dScale),
      heap.address(dShift),
    );
    return [dx, dScale, dShift];
  },
};
