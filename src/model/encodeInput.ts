import { mismatch } from '../core/errors.js';
import { checkFrames } from '../data/checkFrames.js';
import { checkIds } from '../data/checkIds.js';
import type { Frames, Ids } from '../data/example.js';
import type { SideOptions } from '../data/sideOptions.js';
import { isFrameSide, type FrameSide, type SourceTextSide, type TextSide } from './modelParts.js';

/**
 * One sequence as a user has it: text (the model's tokenizer splits it), tokens, ids, or frames of floats where the model
 * reads frames.
 */
export type SequenceInput = string | readonly string[] | Ids | Frames;

/** A source and the target that belongs to it. */
export interface Pair {
  /** What the model reads. */
  readonly source: SequenceInput;
  /** What it should write. */
  readonly target: SequenceInput;
}

/** A source and the frames that belong to it. */
export interface FramePair {
  /** What the model reads. */
  readonly source: SequenceInput;
  /** The frames it should write. */
  readonly target: Frames;
}

/**
 * Turns an input into ids (or leaves frames as they are).
 *
 * @param where the public function and the place in its input, for messages
 * @throws `invalid-input` for an empty sequence or one of another kind than the model reads
 */
export function encodeInput(
  where: string,
  side: SourceTextSide | FrameSide,
  input: SequenceInput,
): Ids | Frames {
  const framed = isFrameSide(side);
  const kind = kindOf(input);
  if (kind === null || framed !== (kind === 'frames')) {
    const expected = framed ? `frames of ${side.features} numbers` : 'text, tokens or ids';
    throw mismatch('invalid-input', { where, expected, received: input });
  }
  const encoded = framed
    ? (input as Frames)
    : encodeText(where, side as TextSide, input as string | readonly string[] | Ids);
  if (encoded.length === 0) {
    const hint = 'Leave empty sentences out.';
    throw mismatch('invalid-input', { where, expected: 'at least one token', received: input, hint });
  }
  if (framed) checkFrames(where, '', encoded as Frames, side.features);
  return encoded;
}

/** How `collate` makes this side. */
export function sideOptions(side: SourceTextSide | FrameSide): SideOptions {
  if (isFrameSide(side)) return { features: side.features };
  const { vocab, addSos = true, addEos = true } = side;
  return { vocab, addSos, addEos };
}

function kindOf(input: unknown): 'text' | 'tokens' | 'ids' | 'frames' | null {
  if (typeof input === 'string') return 'text';
  if (input instanceof Int32Array) return 'ids';
  if (!Array.isArray(input)) return null;
  const first: unknown = input[0];
  if (input.some((item) => typeof item === 'string'))
    return input.every((item) => typeof item === 'string') ? 'tokens' : null;
  return typeof first === 'object' && first !== null ? 'frames' : 'ids';
}

function encodeText(
  where: string,
  { vocab, tokenizer }: TextSide,
  input: string | readonly string[] | Ids,
): Ids {
  if (typeof input === 'string') return vocab.encode(tokenizer.tokenize(input));
  if (typeof input[0] === 'string') return vocab.encode(input as readonly string[]);
  checkIds(where, 'it', input as Ids, vocab.size);
  return input as Ids;
}
