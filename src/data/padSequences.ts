import type { Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { nonNegativeInteger, oneOf, positiveInteger, readOptions } from '../core/options.js';
import { checkIds } from './checkExamples.js';
import type { Ids } from './example.js';
import { lengthsOf, longestOf, paddedIds, paddingMask, type PaddingSide } from './padding.js';

/** Options of {@link padSequences}. */
export interface PadOptions {
  /** The id that fills short rows. Default 0. */
  readonly padId?: number;
  /** Steps of every row, at least the longest sequence's. Default: the longest sequence's. */
  readonly length?: number;
  /** Where the padding goes. The blocks of this library want it at the end. Default `end`. */
  readonly side?: PaddingSide;
}

/** Sequences of different lengths in one rectangle. */
export interface PaddedSequences {
  /** `[rows, time]` int32. */
  readonly ids: Tensor2D;
  /** `[rows, time]` float32, 1 = real, 0 = padding. */
  readonly mask: Tensor2D;
  /** The length of each sequence, on the CPU. */
  readonly lengths: Int32Array;
}

/**
 * Brings sequences of ids to one length.
 *
 * @returns tensors that the caller disposes of
 * @throws `invalid-input` for no sequences, an empty one, one longer than `length`, or ids that are not whole
 * numbers from 0; `invalid-option`
 * @example
 * ```ts
 * import { padSequences } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 *
 * const { ids, mask, lengths } = padSequences([[5, 6, 7], [8]]);
 * console.log(await ids.array(), lengths); // [[5, 6, 7], [8, 0, 0]], 3 and 1
 * ids.dispose();
 * mask.dispose();
 * ```
 */
export function padSequences(sequences: readonly Ids[], options: PadOptions = {}): PaddedSequences {
  const where = 'padSequences';
  const { padId, length, side } = readOptions(where, options, {
    padId: [nonNegativeInteger, 0],
    length: [positiveInteger, undefined],
    side: [oneOf(['end', 'start']), 'end'],
  });
  const lengths = lengthsOf(where, 'sequence', sequences);
  const longest = longestOf(lengths);
  const time = length ?? longest;
  if (time < longest) {
    throw mismatch('invalid-input', {
      where,
      expected: `sequences of at most ${time} ids, the length option,`,
      received: longest,
      hint: 'Raise length, or shorten the sequence first.',
    });
  }
  sequences.forEach((sequence, row) => checkIds(where, `sequence ${row}`, sequence));
  return { ids: paddedIds(sequences, time, padId, side), mask: paddingMask(lengths, time, side), lengths };
}
