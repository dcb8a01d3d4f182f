import type { SequenceInput } from './input/encodeInput.js';
import type { SourceTextSide, TextSide } from './modelParts.js';

/** The tokens of a text, or of tokens or ids, as they were before the vocabulary saw them: unknown words stay. */
export function inputTokens({ vocab, tokenizer }: TextSide, input: SequenceInput): string[] {
  if (typeof input === 'string') return tokenizer.tokenize(input);
  const items = [...(input as Iterable<string | number>)];
  return typeof items[0] === 'string' ? (items as string[]) : vocab.decode(items as number[]);
}

/** The tokens that the encoder reads, one a position of its memory: with the start and end token where they are added. */
export function sourceTokens(side: SourceTextSide, input: SequenceInput): string[] {
  const { vocab, addSos = true, addEos = true } = side;
  const before = addSos ? [vocab.tokenOf(vocab.sosId)] : [];
  const after = addEos ? [vocab.tokenOf(vocab.eosId)] : [];
  return [...before, ...inputTokens(side, input), ...after];
}
