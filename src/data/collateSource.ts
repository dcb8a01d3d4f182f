import type { Batch } from '../contracts/batch.js';
import { disposeTensors } from '../core/containers.js';
import type { Frames, Ids } from './example.js';
import { lengthsOf, longestOf, paddedFrames, paddedIds, paddingMask } from './paddedRows.js';
import { resolveSide, type SideOptions } from './sideOptions.js';

/** The source half of a {@link Batch}. */
export type SourceBatch = Pick<Batch, 'source' | 'sourceMask' | 'sourceLengths' | 'dispose'>;

/**
 * Makes the source half of a batch: what a model generates from. Ids get `<sos>` and `<eos>` around them, as in {@link collate}.
 *
 * @param sources at least one; ids, or frames, of any lengths
 * @returns a batch that the caller disposes of
 * @throws as {@link collate}
 * @example
 * ```ts
 * import { collateSource } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 *
 * const batch = collateSource([[[0.5, 1], [0.25, 0]], [[0, 1]]], { features: 2 });
 * console.log(batch.source.shape, batch.sourceLengths); // [2, 2, 2], 2 and 1
 * batch.dispose();
 * ```
 */
export function collateSource(sources: readonly (Ids | Frames)[], options: SideOptions = {}): SourceBatch {
  const where = 'collate';
  const sizes = lengthsOf(where, 'source of example', sources);
  const side = resolveSide(where, 'source', sources, options);
  const sourceLengths = side.kind === 'frames' ? sizes : Int32Array.from(side.rows, (row) => row.length);
  const time = longestOf(sourceLengths);
  const tensors = {
    source:
      side.kind === 'frames'
        ? paddedFrames(side.rows, time, side.features)
        : paddedIds(side.rows, time, side.padId),
    sourceMask: paddingMask(sourceLengths, time),
  };
  return { ...tensors, sourceLengths, dispose: () => disposeTensors(tensors) };
}
