import { add, customGrad, mul, softmax, sub, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Far below any score, so that its exponential is exactly 0. It is finite in the half precision of some
 * phones' GPUs too.
 */
const FORBIDDEN = 6e4;

/**
 * Softmax over the last axis among the allowed positions. Weights and gradients are exactly 0 where the mask
 * is 0. A row without any allowed position gives zeros, not NaN.
 *
 * @param scores `[..., positions]`, finite everywhere
 * @param mask float32 that broadcasts against `scores`, 1 = allowed, 0 = not; it gets no gradient
 * @returns weights of the shape of `scores`, each row summing to 1
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { maskedSoftmax } from 'tfjs-seq2seq';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const weights = maskedSoftmax(tensor2d([[1, 1, 9]]), tensor2d([[1, 1, 0]]));
 * weights.print(); // [[0.5, 0.5, 0]]
 * ```
 */
export function maskedSoftmax<T extends Tensor>(scores: T, mask: Tensor): T {
  const allowed = customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [Tensor, (tensors: Tensor[]) => void];
    // One of the two products is 0, so that nothing rounds: exactly the score, or exactly -FORBIDDEN.
    const open = add(mul(input, mask), mul(sub(mask, 1), FORBIDDEN));
    // The product turns a row that is masked altogether from uniform to 0.
    const weights = mul(softmax(open), mask);
    save([weights]);
    const gradFunc = (dy: Tensor, [kept]: Tensor[]): Tensor =>
      tidy(() => {
        const weighted = mul(dy, kept as Tensor);
        return sub(weighted, mul(sum(weighted, -1, true), kept as Tensor));
      });
    return { value: weights, gradFunc };
  });
  return allowed(scores) as T;
}
