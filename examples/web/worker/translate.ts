import { beam, greedy, type Seq2SeqModel, type TextToken } from 'tfjs-seq2seq';
import type { SourceToken, Translation } from '../messages.js';

const MOST = 4;

/** Translates one sentence: greedily, token by token, then by beam search for the best few. */
export async function translate(
  model: Seq2SeqModel,
  text: string,
  { signal, onToken }: { readonly signal: AbortSignal; readonly onToken: (token: TextToken) => void },
): Promise<Translation> {
  const typed = text.replaceAll('’', "'"); // as phones write it
  const source = readSource(model, typed);
  for await (const token of model.stream(typed, greedy({ signal }))) onToken(token);
  const best = await model.generate(typed, beam({ width: MOST, nBest: MOST, signal }));
  return { source, best };
}

/** The positions that attention looks at: the words between start and end token. */
function readSource({ parts }: Seq2SeqModel, text: string): SourceToken[] {
  if ('features' in parts.source) throw new Error('This model reads frames, not text.');
  const { vocab, tokenizer } = parts.source;
  const words = tokenizer.tokenize(text);
  const ids = vocab.encode(words);
  return [
    { text: vocab.tokenOf(vocab.sosId), known: true },
    ...words.map((word, i) => ({ text: word, known: ids[i] !== vocab.unkId })),
    { text: vocab.tokenOf(vocab.eosId), known: true },
  ];
}
