import { mismatch } from '../../core/errors.js';
import { checkFrames, checkIds } from '../../data/checkExamples.js';
import type { Frames, Ids } from '../../data/example.js';
import { withStartAndEnd } from '../../data/sequenceOptions.js';
import {
  isFrameSide,
  type FrameSide,
  type SourceSide,
  type SourceTextSide,
  type TargetSide,
  type TextSide,
} from '../modelParts.js';

/**
 * One sequence as a user has it: text, which the model's tokenizer splits, tokens or ids;
 * frames of floats where the model reads frames.
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

/** Text, tokens or ids, encoded once: whoever gets this needs neither the tokenizer nor the vocabulary. */
export interface EncodedText {
  /** As they were written. Words that the vocabulary lacks are still there. */
  readonly tokens: readonly string[];
  /** One a token, without start and end. */
  readonly ids: Ids;
}

/** What an input becomes: text its tokens and ids, while frames stay frames. */
export type Encoded<Side extends TargetSide> = Side extends FrameSide ? Frames : EncodedText;

/** A source, encoded. */
export type EncodedInput = Encoded<SourceSide>;

/**
 * Encodes all sources before any work is done, so that an error names a place in the caller's list:
 * later they are sorted by length and cut into groups.
 *
 * @throws `invalid-input` for anything but an array, and by the first source of another kind than the model
 * reads
 */
export function encodeInputs(
  where: string,
  side: SourceSide,
  inputs: readonly SequenceInput[],
): EncodedInput[] {
  if (!Array.isArray(inputs)) {
    const hint = 'For a single source, call generate.';
    throw mismatch('invalid-input', { where, expected: 'an array of sources', received: inputs, hint });
  }
  return inputs.map((input: SequenceInput, i) => {
    const isEmpty = isFrameSide(side) && Array.isArray(input) && input.length === 0;
    return isEmpty ? [] : encodeSide(`${where}: source ${i}`, side, input);
  });
}

/**
 * Encodes one side of a pair. It may be empty.
 *
 * @param where the public function and the place in its input, for messages
 * @throws `invalid-input` for a sequence of another kind than the side has
 */
export function encodeSide<Side extends TargetSide>(
  where: string,
  side: Side,
  input: SequenceInput,
): Encoded<Side> {
  checkKind(where, side, input);
  if (!isFrameSide(side)) return encodeText(where, side, input as TextInput) as Encoded<Side>;
  checkFrames(where, '', input as Frames, side.features);
  return input as Encoded<Side>;
}

/** What a batch is made of: ids without start and end, or frames. */
export function sequenceOf(encoded: EncodedInput): Ids | Frames {
  return 'ids' in encoded ? encoded.ids : encoded;
}

/** The tokens that the encoder reads, one a position of its memory. Start and end are among them if added. */
export function sourceTokens(side: SourceTextSide, { tokens }: EncodedText): string[] {
  return withStartAndEnd(tokens, startAndEnd(side), side);
}

/** The tokens that the decoder predicts: those of the target, then the end. */
export function targetTokens(side: TextSide, { tokens }: EncodedText): string[] {
  return withStartAndEnd(tokens, startAndEnd(side), { addSos: false });
}

/** The start token and the end token. */
export function startAndEnd({ vocab }: TextSide): [start: string, end: string] {
  return [vocab.tokenOf(vocab.sosId), vocab.tokenOf(vocab.eosId)];
}

type TextInput = string | readonly string[] | Ids;

function encodeText(where: string, { vocab, tokenizer }: TextSide, input: TextInput): EncodedText {
  if (typeof input === 'string' || typeof input[0] === 'string') {
    const tokens = typeof input === 'string' ? tokenizer.tokenize(input) : (input as readonly string[]);
    return { tokens, ids: vocab.encode(tokens) };
  }
  const ids = input as Ids;
  checkIds(where, 'it', ids, vocab.size);
  return {
    ids,
    // Decoded where somebody asks: training never does.
    get tokens() {
      return vocab.decode(ids);
    },
  };
}

function checkKind(where: string, side: TargetSide, input: SequenceInput): void {
  const framed = isFrameSide(side);
  const kind = kindOf(input);
  if (kind !== null && framed === (kind === 'frames')) return;
  const expected = framed ? `frames of ${side.features} numbers` : 'text, tokens or ids';
  throw mismatch('invalid-input', { where, expected, received: input });
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
