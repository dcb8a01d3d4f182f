import { gather, tensor1d, tensor2d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../src/contracts/hypothesis.js';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import { createRandom } from '../../src/core/random.js';

/** Tokens of the hand-written tables: start, end, then words. */
export const SOS = 0;
export const EOS = 1;

/** The setup of one sentence over a table. */
export const ONE: { batchSize: number; sosId: number; eosId: number } = {
  batchSize: 1,
  sosId: SOS,
  eosId: EOS,
};

/**
 * A model whose next token depends on the last one alone: row `i` of `table` holds what follows token `i`.
 */
export function tableStep(table: Tensor2D): StepFunction<null, undefined> {
  return (last) => ({ logits: gather(table, last), state: null });
}

/** Logits whose softmax is exactly `probabilities` (rows that sum to 1; 0 becomes e⁻³⁰). */
export function logTable(probabilities: number[][]): Tensor2D {
  return tensor2d(probabilities.map((row) => row.map((p) => (p === 0 ? -30 : Math.log(p)))));
}

/** Random logits in [-2, 2), `[tokens, tokens]`. */
export function randomTable(tokens: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: tokens }, () => Array.from({ length: tokens }, () => 4 * random.next() - 2));
}

/**
 * A batch of sentences with a table each: the state is the sentence's own table, `[rows, tokens, tokens]`,
 * and the constants tell which sentence a row is. Records the rows of each step.
 */
export function manyTables(tables: readonly number[][][]): {
  step: StepFunction<{ nested: [Tensor2D] }, { sentence: Tensor1D }>;
  state: { nested: [Tensor2D] };
  constants: { sentence: Tensor1D };
  calls: { rows: number; sentences: number[]; constants: Tensor1D }[];
} {
  const tokens = (tables[0] as number[][]).length;
  const flat = tensor2d(tables.map((table) => table.flat())); // [batch, tokens * tokens]
  const calls: { rows: number; sentences: number[]; constants: Tensor1D }[] = [];
  return {
    calls,
    state: { nested: [flat] },
    constants: {
      sentence: tensor1d(
        tables.map((_, i) => i),
        'int32',
      ),
    },
    step: (last, state, _position, constants) => {
      const own = state.nested[0].arraySync();
      calls.push({
        rows: last.shape[0],
        sentences: [...constants.sentence.dataSync()],
        constants: constants.sentence,
      });
      const ids = last.dataSync();
      const logits = own.map((row, i) =>
        row.slice((ids[i] as number) * tokens, ((ids[i] as number) + 1) * tokens),
      );
      return { logits: tensor2d(logits), state };
    },
  };
}

/** Log-probabilities of a table's rows, in double precision. */
export function logProbabilities(table: readonly number[][]): number[][] {
  return table.map((row) => {
    const sum = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
    return row.map((logit) => logit - sum);
  });
}

/** Every hypothesis of at most `maxLength` tokens besides the end token, best log-probability first. */
export function everyHypothesis(
  table: readonly number[][],
  maxLength: number,
): { ids: number[]; finishReason: string; logProbability: number }[] {
  const rows = logProbabilities(table);
  const found: { ids: number[]; finishReason: string; logProbability: number }[] = [];
  const visit = (ids: number[], logProbability: number): void => {
    (rows[ids.at(-1) ?? SOS] as number[]).forEach((p, id) => {
      if (id === EOS) found.push({ ids, finishReason: 'eos', logProbability: logProbability + p });
      else if (ids.length < maxLength) visit([...ids, id], logProbability + p);
    });
  };
  visit([], 0);
  return found.sort((a, b) => b.logProbability - a.logProbability);
}

/** The best hypothesis of the only sentence. */
export function only(found: Hypothesis[][]): Hypothesis {
  return (found[0] as Hypothesis[])[0] as Hypothesis;
}
