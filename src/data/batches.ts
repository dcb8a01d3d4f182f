import { mismatch } from '../core/errors.js';
import { checkExamples } from './checkExamples.js';
import type { Example } from './example.js';
import type { BatchOptions } from './batchIndices.js';
import { planBatches } from './planBatches.js';

/**
 * Cuts a dataset into batches of examples of similar length, in random order.
 * They are plain lists. {@link collate} turns one into tensors when its turn comes.
 *
 * @param examples the whole dataset
 * @param options `batchSize` or `maxTokens`, and how to order
 * @returns every example once, unless `dropLast` leaves some out
 * @throws `invalid-input` for no examples, or one longer than `maxTokens`; `invalid-option`
 * @example
 * ```ts
 * import { batches } from 'tfjs-seq2seq';
 *
 * const examples = [[4], [5, 6, 7], [8], [9, 4, 5]].map((ids) => ({ source: ids, target: ids }));
 * for (const batch of batches(examples, { batchSize: 2, seed: 1 })) {
 *   console.log(batch.map(({ source }) => source.length)); // [1, 1] and [3, 3], in either order
 * }
 * ```
 */
export function batches<E extends Example>(examples: readonly E[], options: BatchOptions): E[][] {
  checkExamples('batches', examples);
  const lengths = examples.map(({ source, target }, index) => {
    if (source?.length > 0 && target?.length >= 0) return { source: source.length, target: target.length };
    throw mismatch('invalid-input', {
      where: 'batches',
      expected: `example ${index} to have a source that is not empty, and a target`,
      received: source?.length > 0 ? target : source,
      hint: 'Leave empty sentences out.',
    });
  });
  return planBatches(lengths, options).map((plan) => plan.map((index) => examples[index] as E));
}
