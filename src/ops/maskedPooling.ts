import {
  add,
  cast,
  customGrad,
  div,
  equal,
  expandDims,
  max,
  maximum,
  minimum,
  mul,
  sub,
  sum,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Beyond any value that a network computes; finite in the half precision of some phones' GPUs too. */
const BELOW_ALL = 6e4;

/**
 * The mean over the real positions; 0 for a row without any.
 *
 * @param x `[batch, time, size]`
 * @param mask `[batch, time]` float32, 1 = real
 * @returns `[batch, size]`
 *
 * @example
 * ```ts
 * import { maskedMean } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const pooled = maskedMean(tensor3d([[[1], [3], [9]]]), tensor2d([[1, 1, 0]]));
 * console.log(pooled.arraySync()); // [[2]]
 * ```
 */
export function maskedMean(x: Tensor3D, mask: Tensor2D): Tensor2D {
  return tidy(() => {
    const count = maximum(sum(mask, 1, true), 1); // [batch, 1]
    return div(sum(mul(x, expandDims(mask, 2)), 1), count);
  });
}

/**
 * The largest value of each feature over the real positions; 0 for a row without any. Positions that share
 * the maximum share its gradient.
 *
 * @param x `[batch, time, size]`
 * @param mask `[batch, time]` float32, 1 = real
 * @returns `[batch, size]`
 *
 * @example
 * ```ts
 * import { maskedMax } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const pooled = maskedMax(tensor3d([[[1], [3], [9]]]), tensor2d([[1, 1, 0]]));
 * console.log(pooled.arraySync()); // [[3]]
 * ```
 */
export function maskedMax(x: Tensor3D, mask: Tensor2D): Tensor2D {
  const pool = customGrad((...all: unknown[]) => {
    const [input, save] = all as [Tensor3D, (tensors: Tensor[]) => void];
    const allowed = expandDims(mask, 2); // [batch, time, 1]
    const open = add(mul(input, allowed), mul(sub(allowed, 1), BELOW_ALL));
    const anyReal = minimum(sum(mask, 1, true), 1); // [batch, 1]
    const value = mul(max(open, 1), anyReal);
    save([input, value, allowed]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      tidy(() => {
        const [kept, largest, real] = saved as [Tensor, Tensor, Tensor];
        const hits = mul(cast(equal(kept, expandDims(largest, 1)), 'float32'), real);
        const share = div(dy, maximum(sum(hits, 1), 1));
        return mul(hits, expandDims(share, 1));
      });
    return { value, gradFunc };
  });
  return pool(x) as Tensor2D;
}
