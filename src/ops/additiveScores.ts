import {
  add,
  matMul,
  mul,
  reshape,
  slice,
  square,
  stack,
  sub,
  sum,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { checkFloats } from '../core/checkFloats.js';
import { runKernel, type KernelDefinition } from '../core/engine.js';

/**
 * Scores of additive attention, `energyᵀ tanh(query + key)` (Bahdanau et al. 2015, appendix A.1.2), of every
 * query with every key.
 *
 * The sums `[batch, queries, keys, units]` never stand in memory together: queries go one by one. The
 * backward pass computes the sums again instead of keeping them.
 *
 * @param queries projected queries `[batch, queries, units]`
 * @param keys projected keys `[batch, keys, units]`
 * @param energy the weight of each unit, `[1, units]`
 * @returns `[batch, queries, keys]`
 * @throws `invalid-shape` where shapes disagree or a tensor is not float32
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { additiveScores } from 'tfjs-seq2seq';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const scores = additiveScores(ones([1, 2, 8]), ones([1, 3, 8]), ones([1, 8]));
 * console.log(scores.shape); // [1, 2, 3]
 * ```
 */
export function additiveScores(queries: Tensor3D, keys: Tensor3D, energy: Tensor2D): Tensor3D {
  const [batch, time, units] = keys.shape;
  const inputs = { queries, keys, energy };
  checkFloats('additiveScores', inputs, {
    queries: [batch, queries.shape[1], units],
    keys: [batch, time, units],
    energy: [1, units],
  });
  return runKernel<Tensor3D>(ADDITIVE_SCORES, inputs);
}

interface Inputs {
  readonly queries: Tensor3D;
  readonly keys: Tensor3D;
  readonly energy: Tensor2D;
}

/** Inputs `queries`, `keys`, `energy` as above; output: the scores. */
export const ADDITIVE_SCORES: KernelDefinition = {
  name: 'Seq2SeqAdditiveScores',
  compose: ({ inputs }) => {
    const { queries, keys, energy } = inputs as unknown as Inputs;
    const [batch, count, units] = queries.shape;
    const time = keys.shape[1];
    return tidy(() => {
      const columns = Array.from({ length: count }, (_, index) =>
        tidy(() => {
          const hidden = tanh(add(queryAt(queries, index), keys)); // [batch, keys, units]
          return reshape(matMul(reshape(hidden, [batch * time, units]), energy, false, true), [batch, time]);
        }),
      );
      return stack(columns, 1); // [batch, queries, keys]
    });
  },
  gradient: {
    inputsToSave: ['queries', 'keys', 'energy'],
    gradFunc: (dy, saved) => {
      const [queries, keys, energy] = saved as [Tensor, Tensor, Tensor];
      const gradients = runKernel<Tensor[]>(ADDITIVE_SCORES_GRADIENT, {
        dy: dy as Tensor,
        queries,
        keys,
        energy,
      });
      const [dQueries, dKeys, dEnergy] = gradients as [Tensor, Tensor, Tensor];
      return { queries: () => dQueries, keys: () => dKeys, energy: () => dEnergy };
    },
  },
};

/**
 * Inputs: `dy` `[batch, queries, keys]` and those of the forward kernel. Outputs: gradients of `queries`,
 * `keys`, `energy`.
 */
export const ADDITIVE_SCORES_GRADIENT: KernelDefinition = {
  name: 'Seq2SeqAdditiveScoresGrad',
  compose: ({ inputs }) => {
    const { dy, queries, keys, energy } = inputs as unknown as Inputs & { dy: Tensor3D };
    const [batch, count, units] = queries.shape;
    const time = keys.shape[1];
    return tidy(() => {
      const queryGradients: Tensor[] = [];
      let dKeys: Tensor = zeros(keys.shape);
      let dEnergy: Tensor = zeros(energy.shape);
      for (let index = 0; index < count; index++) {
        const next = tidy(() => {
          const hidden = tanh(add(queryAt(queries, index), keys)); // [batch, keys, units]
          const dScores = reshape(slice(dy, [0, index, 0], [batch, 1, time]), [batch * time, 1]);
          const dHidden = reshape(matMul(dScores, energy), [batch, time, units]);
          const dSum = mul(dHidden, sub(1, square(hidden)));
          const dWeights = matMul(dScores, reshape(hidden, [batch * time, units]), true); // [1, units]
          return { dQuery: sum(dSum, 1), dKeys: add(dKeys, dSum), dEnergy: add(dEnergy, dWeights) };
        });
        dKeys.dispose();
        dEnergy.dispose();
        ({ dKeys, dEnergy } = next);
        queryGradients.push(next.dQuery);
      }
      return [stack(queryGradients, 1), dKeys, dEnergy];
    });
  },
};

/** One query, `[batch, 1, units]`, so that it broadcasts along the keys. */
function queryAt(queries: Tensor3D, index: number): Tensor3D {
  const [batch, , units] = queries.shape;
  return slice(queries, [0, index, 0], [batch, 1, units]);
}
