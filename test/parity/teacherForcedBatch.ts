import { tensor2d } from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/index.js';
import { maskOf } from './mask.js';

/** The ids of a case, as rows. */
export interface BatchIds {
  readonly source: number[][];
  /** Real source tokens a row; all where the case's encoder runs over padding. */
  readonly sourceLengths?: readonly number[];
  /** What the decoder is fed. */
  readonly targetInput: number[][];
  /** What it should answer. */
  readonly targetOutput: number[][];
  /** Real targets a row; all where the case compares logits at padding too. */
  readonly targetLengths?: readonly number[];
}

/** A batch as `collate` makes it, of rows that are padded already. */
export function teacherForcedBatch({ source, targetInput, targetOutput, ...lengths }: BatchIds): Batch {
  const ids = (rows: number[][]) => tensor2d(rows, [rows.length, rows[0]?.length ?? 0], 'int32');
  const sourceLengths = Int32Array.from(lengths.sourceLengths ?? source.map((row) => row.length));
  const targetLengths = Int32Array.from(lengths.targetLengths ?? targetInput.map((row) => row.length));
  const tensors = {
    source: ids(source),
    sourceMask: maskOf(sourceLengths, source[0]?.length ?? 0),
    targetInput: ids(targetInput),
    targetOutput: ids(targetOutput),
    targetMask: maskOf(targetLengths, targetInput[0]?.length ?? 0),
  };
  return {
    ...tensors,
    sourceLengths,
    targetLengths,
    dispose: () => Object.values(tensors).forEach((owned) => owned.dispose()),
  };
}
