import { mismatch } from '../core/errors.js';
import { checkOptionNames, flag, wholeNumber } from '../core/options.js';
import type { Side } from './batchOf.js';
import { checkFrames } from './checkFrames.js';
import { checkIds } from './checkIds.js';
import { isFrames, type Frames, type Ids } from './example.js';

/**
 * How one side of a batch is made. For ids: which stand for padding, start and end, taken from a vocabulary or given one by one.
 * For frames, only `features` applies.
 */
export interface SideOptions {
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

/** Checks options and sequences of one side. `name` is `source` or `target`, for messages. */
export function resolveSide(
  where: string,
  name: string,
  sequences: readonly (Ids | Frames)[],
  options: SideOptions,
): Side {
  const owner = `${where}: ${name}`;
  const tokenOptions = ['vocab', 'padId', 'sosId', 'eosId', 'addSos', 'addEos'];
  checkOptionNames(owner, options, [...tokenOptions, 'features']);
  const framed = options.features !== undefined || (sequences[0] !== undefined && isFrames(sequences[0]));
  if (framed) {
    const given = Object.keys(options).find((key) => tokenOptions.includes(key));
    if (given !== undefined) {
      throw mismatch('invalid-option', {
        where: owner,
        expected: 'no options of ids where the sequences are frames',
        received: given,
        hint: 'Leave it out, or give ids instead of frames.',
      });
    }
    return { kind: 'frames', ...resolveFrames(owner, sequences, options.features) };
  }

  const { vocab, addSos = true, addEos = true } = options;
  const clash = vocab && (['padId', 'sosId', 'eosId'] as const).find((key) => options[key] !== undefined);
  if (clash !== undefined) {
    throw mismatch('invalid-option', {
      where: owner,
      expected: 'either vocab or single ids',
      received: `vocab and ${clash}`,
    });
  }
  const { padId = 0, sosId = 1, eosId = 2 } = vocab ?? options;
  for (const [key, id] of Object.entries({ padId, sosId, eosId })) wholeNumber(owner, key, id, 0);
  const before = flag(owner, 'addSos', addSos) ? [sosId] : [];
  const after = flag(owner, 'addEos', addEos) ? [eosId] : [];
  const rows = sequences.map((ids, row) => {
    if (isFrames(ids)) {
      throw mismatch('invalid-input', {
        where: owner,
        expected: `ids in example ${row}, as in the first`,
        received: 'frames',
      });
    }
    checkIds(owner, `example ${row}`, ids, vocab?.size);
    return [...before, ...ids, ...after];
  });
  return { kind: 'tokens', rows, padId };
}

function resolveFrames(
  owner: string,
  sequences: readonly (Ids | Frames)[],
  declared: number | undefined,
): { readonly rows: readonly Frames[]; readonly features: number } {
  const first = sequences[0]?.[0] as ArrayLike<number> | undefined;
  const features = wholeNumber(owner, 'features', declared ?? first?.length);
  const rows = sequences.map((frames, row) => {
    if (!isFrames(frames)) {
      throw mismatch('invalid-input', {
        where: owner,
        expected: `frames of ${features} numbers in example ${row}`,
        received: frames.length === 0 ? frames : 'ids',
      });
    }
    checkFrames(owner, `of example ${row}`, frames, features);
    return frames;
  });
  return { rows, features };
}
