import { concat, customGrad, scalar, unsortedSegmentSum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { embeddingLookup } from './embeddingLookup.js';

/**
 * `embeddingLookup` for ids that become known one batch after the other.
 *
 * The gradient of each lookup alone would be as large as the whole matrix, and tfjs would keep all of them
 * until the backward pass has ended. So each lookup hands in the gradient of its rows alone; these are added
 * up once, at the end.
 *
 * @param weight `[vocabulary, size]`
 * @returns what looks ids `[n]` up: `[n, size]`
 */
export function deferredEmbeddingLookup(weight: Tensor2D): (ids: Tensor) => Tensor2D {
  const collected: { ids: Tensor1D; dy: Tensor2D }[] = [];
  // This node stands on the tape before all lookups, so that the backward pass reaches it after all of them.
  const addUp = customGrad(() => ({
    value: scalar(0), // a place on the tape; nobody reads the number
    gradFunc() {
      const all = collected.splice(0);
      const dy = concat(all.map((lookup) => lookup.dy));
      return unsortedSegmentSum(dy, concat(all.map(({ ids }) => ids)), weight.shape[0]);
    },
  }));
  const source: Scalar = addUp(weight);
  return (ids) =>
    customGrad((...all: unknown[]) => {
      const save = all.at(-1) as (tensors: Tensor[]) => void;
      save([ids]);
      return {
        value: embeddingLookup(weight, ids),
        gradFunc(dy: Tensor, [ids]: Tensor[]) {
          collected.push({ ids: ids as Tensor1D, dy: dy as Tensor2D });
          return scalar(0); // no number flows to `source`: it reads what was collected
        },
      };
    })(source) as Tensor2D;
}
