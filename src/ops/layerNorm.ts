import {
  add,
  customGrad,
  div,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloats } from '../core/checkFloats.js';
import { runKernel, type KernelDefinition } from '../core/engine.js';

/**
 * Inputs `x` `[rows, size]`, `scale` `[size]`, `shift` `[size]`; attribute `epsilon`. Outputs `y`
 * `[rows, size]`, and the mean and the reciprocal of the standard deviation of each row, `[rows]`.
 */
export const LAYER_NORM: KernelDefinition = {
  name: 'Seq2SeqLayerNorm',
  compose: ({ inputs, attrs }) => {
    const { x, scale, shift } = inputs as unknown as Record<'x' | 'scale' | 'shift', Tensor>;
    const { epsilon } = attrs as unknown as { epsilon: number };
    return tidy(() => {
      const rows = x.shape[0] as number;
      const center = mean(x, 1, true); // [rows, 1]
      const centred = sub(x, center);
      const rstd = rsqrt(add(mean(square(centred), 1, true), epsilon));
      const y = add(mul(mul(centred, rstd), scale), shift);
      return [y, reshape(center, [rows]), reshape(rstd, [rows])];
    });
  },
};

/**
 * Inputs: `dy`, `x` `[rows, size]`, `scale` `[size]`, `mean`, `rstd` `[rows]`. Outputs: gradients of `x`,
 * `scale`, `shift`.
 */
export const LAYER_NORM_GRADIENT: KernelDefinition = {
  name: 'Seq2SeqLayerNormGrad',
  compose: ({ inputs }) => {
    const { dy, x, scale, ...rows } = inputs as unknown as Record<
      'dy' | 'x' | 'scale' | 'mean' | 'rstd',
      Tensor
    >;
    return tidy(() => {
      const [count, size] = x.shape as [number, number];
      const rstd = reshape(rows.rstd, [count, 1]);
      const normal = mul(sub(x, reshape(rows.mean, [count, 1])), rstd);
      const dNormal = mul(dy, scale);
      // Moving a row as a whole, or stretching it, changes no output. Those two parts of the gradient go.
      const along = div(sum(mul(dNormal, normal), 1, true), size);
      const shared = div(sum(dNormal, 1, true), size);
      const dx = mul(sub(sub(dNormal, shared), mul(normal, along)), rstd);
      return [dx, sum(mul(dy, normal), 0), sum(dy, 0)];
    });
  },
};

/**
 * Layer normalisation over the last axis (Ba et al. 2016, eq. 4), with the biased variance, as PyTorch's:
 * `y = (x - mean) / √(variance + epsilon) * scale + shift`.
 *
 * @param x `[..., size]`
 * @param scale `[size]`
 * @param shift `[size]`
 * @param epsilon PyTorch's default 1e-5
 * @returns the shape of `x`
 * @throws `invalid-shape` where shapes disagree or a tensor is not float32
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { layerNorm } from 'tfjs-seq2seq';
 * import { ones, tensor2d, zeros } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * layerNorm(tensor2d([[1, 3]]), ones([2]), zeros([2])).print(); // [[-1, 1]]
 * ```
 */
export function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, shift: Tensor1D, epsilon = 1e-5): T {
  const { size } = scale;
  const floats = { x, scale, shift };
  checkFloats('layerNorm', floats, { x: [...x.shape.slice(0, -1), size], scale: [size], shift: [size] });
  const normalize = customGrad((...all: unknown[]) => {
    const [input, gain, offset, save] = all as [Tensor2D, Tensor1D, Tensor1D, (tensors: Tensor[]) => void];
    const outputs = runKernel<Tensor[]>(LAYER_NORM, { x: input, scale: gain, shift: offset }, { epsilon });
    const [value, center, rstd] = outputs as [Tensor, Tensor, Tensor];
    save([input, gain, center, rstd]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, scale, mean, rstd] = saved as [Tensor, Tensor, Tensor, Tensor];
      return runKernel<Tensor[]>(LAYER_NORM_GRADIENT, { dy, x, scale, mean, rstd });
    };
    return { value, gradFunc };
  });
  const rows = reshape(x, [-1, size]);
  return reshape(normalize(rows, scale, shift), x.shape) as T;
}
