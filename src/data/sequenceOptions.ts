import { mismatch } from '../core/errors.js';
import { boolean, nonNegativeInteger, positiveInteger, readOptions, unchecked } from '../core/options.js';
import type { EncodedSequences } from './batchOf.js';
import { checkFrames, checkIds } from './checkExamples.js';
import { isFrames, type Frames, type Ids } from './example.js';

/**
 * How the sources or the targets of a batch are made.
 *
 * For ids: which stand for padding, start and end, taken from a vocabulary or given one by one.
 * For frames, only `features` applies.
 */
export interface SequenceOptions {
  /** Gives `padId`, `sosId` and `eosId`, and the limit that ids are checked against; such as a `Vocab`. */
  readonly vocab?: {
    readonly padId: number;
    readonly sosId: number;
    readonly eosId: number;
    readonly size: number;
  };
  /** Default 0. */
  readonly padId?: number;
  /** Default 1. */
  readonly sosId?: number;
  /** Default 2. */
  readonly eosId?: number;
  /** Whether sequences get the start id before them. Default true. */
  readonly addSos?: boolean;
  /** Whether sequences get the end id after them. Default true. */
  readonly addEos?: boolean;
  /** Width of every frame. Default: the first frame's. */
  readonly features?: number;
}

/** Puts the start before a sequence and the end after it, unless the options say otherwise. */
export function withStartAndEnd<T>(
  sequence: Iterable<T>,
  [start, end]: readonly [start: T, end: T],
  { addSos = true, addEos = true }: Pick<SequenceOptions, 'addSos' | 'addEos'>,
): T[] {
  return [...(addSos ? [start] : []), ...sequence, ...(addEos ? [end] : [])];
}

/**
 * Checks the sources or the targets of a batch and their options, and adds start and end.
 *
 * @param name `source` or `target`, for messages
 */
export function encodeSequences(
  where: string,
  name: string,
  sequences: readonly (Ids | Frames)[],
  options: SequenceOptions,
): EncodedSequences {
  const owner = `${where}: ${name}`;
  const { features, ...ofIds } = readOptions(owner, options, {
    vocab: [unchecked, undefined],
    padId: [nonNegativeInteger, undefined],
    sosId: [nonNegativeInteger, undefined],
    eosId: [nonNegativeInteger, undefined],
    addSos: [boolean, undefined],
    addEos: [boolean, undefined],
    features: [positiveInteger, undefined],
  });
  const [first = []] = sequences;
  if (features === undefined && !isFrames(first)) return encodeIds(owner, sequences, ofIds);
  const [unfit] = Object.keys(ofIds);
  if (unfit !== undefined) {
    throw mismatch('invalid-option', {
      where: owner,
      expected: 'no options of ids where the sequences are frames',
      received: unfit,
      hint: 'Leave it out, or give ids instead of frames.',
    });
  }
  return encodeFrames(owner, sequences, features ?? (first as Frames)[0]?.length);
}

function encodeFrames(
  owner: string,
  sequences: readonly (Ids | Frames)[],
  width: number | undefined,
): EncodedSequences {
  const features = positiveInteger(owner, 'features', width);
  checkKind(owner, `frames of ${features} numbers`, sequences, true);
  const rows = sequences as readonly Frames[];
  rows.forEach((frames, row) => checkFrames(owner, `of example ${row}`, frames, features));
  return { kind: 'frames', rows, features };
}

function encodeIds(
  owner: string,
  sequences: readonly (Ids | Frames)[],
  options: Omit<SequenceOptions, 'features'>,
): EncodedSequences {
  const { vocab } = options;
  const clash = vocab && (['padId', 'sosId', 'eosId'] as const).find((key) => options[key] !== undefined);
  if (clash !== undefined) {
    throw mismatch('invalid-option', {
      where: owner,
      expected: 'either vocab or single ids',
      received: `vocab and ${clash}`,
    });
  }
  const { padId = 0, sosId = 1, eosId = 2 } = vocab ?? options;
  for (const [key, id] of Object.entries({ padId, sosId, eosId })) nonNegativeInteger(owner, key, id);
  checkKind(owner, 'ids', sequences, false);
  const rows = (sequences as readonly Ids[]).map((ids, row) => {
    checkIds(owner, `example ${row}`, ids, vocab?.size);
    return withStartAndEnd(ids, [sosId, eosId], options);
  });
  return { kind: 'tokens', rows, padId };
}

function checkKind(
  where: string,
  wanted: string,
  sequences: readonly (Ids | Frames)[],
  framed: boolean,
): void {
  const other = sequences.findIndex((sequence) => isFrames(sequence) !== framed);
  if (other < 0) return;
  throw mismatch('invalid-input', {
    where,
    expected: `${wanted} in example ${other}`,
    received: sequences[other],
    hint: 'A side is all ids, or all frames.',
  });
}
