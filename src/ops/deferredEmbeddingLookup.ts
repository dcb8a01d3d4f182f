import { concat, customGrad, scalar, unsortedSegmentSum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { embeddingLookup } from './embeddingLookup.js';

/**
 * `embeddingLookup` for ids that become known one batch after the other. The gradient of each lookup alone would be as large as the
 * whole matrix, and tfjs would keep them all to the end; here those of the rows are collected and added up once.
 *
 * @param weight `[vocabulary, size]`
 * @returns what looks ids `[n]` up: `[n, size]`
 */
export function lookupsInTurn(weight: Tensor2D): (ids: Tensor) => Tensor2D {
  const met: { ids: Tensor1D; dy: Tensor2D }[] = [];
  // Stands on the tape before all lookups, so that the way back comes to it when it has met them all.
  const collect = customGrad(() => ({
    value: scalar(0),
    gradFunc() {
      const all = met.splice(0);
      const dy = concat(all.map((lookup) => lookup.dy));
      return unsortedSegmentSum(dy, concat(all.map(({ ids }) => ids)), weight.shape[0]);
    },
  }));
  const collected: Scalar = collect(weight);
  return (ids) =>
    customGrad((...all: unknown[]) => {
      const save = all.at(-1) as (tensors: Tensor[]) => void;
      save([ids]);
      return {
        value: embeddingLookup(weight, ids),
        gradFunc(dy: Tensor, [ids]: Tensor[]) {
          met.push({ ids: ids as Tensor1D, dy: dy as Tensor2D });
          return scalar(0);
        },
      };
    })(collected) as Tensor2D;
}
