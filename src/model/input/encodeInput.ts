import { mismatch } from '../../core/errors.js';
import { checkFrames } from '../../data/checkFrames.js';
import { checkIds } from '../../data/checkIds.js';
import type { Frames, Ids } from '../../data/example.js';
import { isFrameSide, type SourceSide, type TextSide } from '../modelParts.js';

/**
 * One sequence as a user has it: text (the model's tokenizer splits it), tokens, ids, or frames of floats where the model
 * reads frames.
 */
export type SequenceInput = string | readonly string[] | Ids | Frames;

/** A source and the target that belongs to it. */
export interface Pair {
  /** What the model reads. */
  readonly source: SequenceInput;
  /** What it should write. An empty text is one that ends at once: the end token alone. */
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
export function encodeInput(where: string, side: SourceSide, input: SequenceInput): Ids | Frames {
  checkKind(where, side, input);
  const encoded = isFrameSide(side) ? (input as Frames) : encodeText(where, side, input as TextInput);
  checkNotEmpty(where, encoded, input);
  if (isFrameSide(side)) checkFrames(where, '', encoded as Frames, side.features);
  return encoded;
}

/** Turns a target of text into ids; an empty one is allowed. @throws `invalid-input` for anything but text, tokens or ids */
export function encodeTarget(where: string, side: TextSide, input: SequenceInput): Ids {
  checkKind(where, side, input);
  return encodeText(where, side, input as TextInput);
}

/** A sequence whose text was split already. */
export type SplitInput = Exclude<SequenceInput, string>;

/** Checks an input as {@link encodeInput} does, and splits text, so that nothing need split it again. */
export function splitInput(where: string, side: SourceSide, input: SequenceInput): SplitInput {
  if (typeof input !== 'string' || isFrameSide(side)) {
    encodeInput(where, side, input);
    return input as SplitInput;
  }
  const tokens = side.tokenizer.tokenize(input);
  checkNotEmpty(where, tokens, input);
  encodeInput(where, side, tokens);
  return tokens;
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

type TextInput = string | readonly string[] | Ids;

function checkKind(where: string, side: SourceSide, input: SequenceInput): void {
  const framed = isFrameSide(side);
  const kind = kindOf(input);
  if (kind !== null && framed === (kind === 'frames')) return;
  const expected = framed ? `frames of ${side.features} numbers` : 'text, tokens or ids';
  throw mismatch('invalid-input', { where, expected, received: input });
}

function checkNotEmpty(
  where: string,
  { length }: { readonly length: number },
  received: SequenceInput,
): void {
  if (length > 0) return;
  const hint = 'Leave empty sentences out.';
  throw mismatch('invalid-input', { where, expected: 'at least one token', received, hint });
}

function encodeText(where: string, { vocab, tokenizer }: TextSide, input: TextInput): Ids {
  if (typeof input === 'string') return vocab.encode(tokenizer.tokenize(input));
  if (typeof input[0] === 'string') return vocab.encode(input as readonly string[]);
  checkIds(where, 'it', input as Ids, vocab.size);
  return input as Ids;
}
