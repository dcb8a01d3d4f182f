import type { Batch } from '../contracts/batch.js';
import { mismatch } from '../core/errors.js';
import { readOptions, unchecked } from '../core/options.js';
import { batchOf } from './batchOf.js';
import { checkExamples } from './checkExamples.js';
import type { Example } from './example.js';
import { lengthsOf } from './padding.js';
import { encodeSequences, type SequenceOptions } from './sequenceOptions.js';

/** Options of {@link collate}: how each side is made. */
export interface CollateOptions {
  /** How the sources are made. Default: start id 1, end id 2, padding 0. */
  readonly source?: SequenceOptions;
  /** How the targets are made. Default: the same. */
  readonly target?: SequenceOptions;
}

/**
 * Makes one padded batch of examples: what a model trains on.
 *
 * Ids get `<sos>` and `<eos>` around them on both sides, unless the options say otherwise.
 * The target then stands there twice, shifted by one: `targetInput` is all but its last id, `targetOutput` is
 * all but its first. So `<sos> a b` is fed and `a b <eos>` is expected.
 * An empty target is a sentence that ends at once: `<sos>` is fed and `<eos>` is expected.
 *
 * Frames have no start and no end: their input starts with a frame of zeros, `0 a b` for the output `a b c`.
 *
 * @param examples at least one; the rows of the batch, in this order
 * @returns a batch that the caller disposes of
 * @throws `invalid-input` for no examples, an empty source, ids outside the vocabulary, or frames of another
 * width; `invalid-option`
 * @example
 * ```ts
 * import { collate, Vocab } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 *
 * const vocab = Vocab.build([['a', 'b', 'c']]); // a 4, b 5, c 6
 * const examples = [
 *   { source: vocab.encode(['a', 'b', 'c']), target: vocab.encode(['c', 'b', 'a']) },
 *   { source: vocab.encode(['a']), target: vocab.encode(['a']) },
 * ];
 * const batch = collate(examples, { source: { vocab }, target: { vocab } });
 * console.log(await batch.source.array()); // [[1, 4, 5, 6, 2], [1, 4, 2, 0, 0]]
 * console.log(await batch.targetInput.array()); // [[1, 6, 5, 4], [1, 4, 0, 0]]
 * console.log(await batch.targetOutput.array()); // [[6, 5, 4, 2], [4, 2, 0, 0]]
 * batch.dispose();
 * ```
 */
export function collate(examples: readonly Example[], options: CollateOptions = {}): Batch {
  const where = 'collate';
  const { source, target } = readOptions(where, options, {
    source: [unchecked, {}],
    target: [unchecked, {}],
  });
  checkExamples(where, examples);
  const sources = examples.map((example) => example.source);
  lengthsOf(where, 'source of example', sources);
  const targets = examples.map((example) => example.target);
  lengthsOf(where, 'target of example', targets, { empty: true });
  const encoded = encodeSequences(where, 'target', targets, target);
  const least = encoded.kind === 'frames' ? 1 : 2;
  const shortest = (encoded.rows as readonly { readonly length: number }[]).findIndex(
    ({ length }) => length < least,
  );
  if (shortest >= 0) {
    throw mismatch('invalid-input', {
      where: `${where}: target`,
      expected: `at least two ids in example ${shortest}, one to feed and one to predict,`,
      received: encoded.rows[shortest]?.length,
      hint: 'Turn addSos or addEos on, or leave the example out.',
    });
  }
  // Nothing is allocated before the last check.
  return batchOf(encodeSequences(where, 'source', sources, source), encoded);
}
