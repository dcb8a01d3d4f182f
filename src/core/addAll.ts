import { addN, tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A WebGPU shader has 8 buffers, and one of them takes the sum. With more tensors, tfjs's `addN` fails
 * without a word. A WebGL shader has 16 textures. With more tensors, `addN` never frees its partial sums.
 */
const AT_ONCE = 7;

/** `addN` for any number of tensors of one shape, at least one. */
export function addAll<T extends Tensor>(tensors: readonly T[]): T {
  if (tensors.length <= AT_ONCE) return addN<T>([...tensors]);
  return tidy(() => {
    let total = addN<T>(tensors.slice(0, AT_ONCE));
    for (let start = AT_ONCE; start < tensors.length; start += AT_ONCE - 1) {
      total = addN<T>([total, ...tensors.slice(start, start + AT_ONCE - 1)]);
    }
    return total;
  });
}
