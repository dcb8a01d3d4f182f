import {
  bahdanauAttention,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  whitespaceTokenizer,
  wordTokenizer,
  type Seq2SeqModel,
  type Tokenizer,
} from 'tfjs-seq2seq';

interface Pair {
  readonly source: string;
  readonly target: string;
}

/** The model of `npm run demo`, smaller, with an attention to look at (Bahdanau et al. 2015). */
export function buildModel(pairs: readonly Pair[], seed: number): Seq2SeqModel {
  // People type capitals and stick the question mark to the last word; French sets it apart.
  const english = wordTokenizer({ lowercase: true });
  const french = whitespaceTokenizer();
  const vocabularyOf = (side: keyof Pair, tokenizer: Tokenizer): Vocab =>
    Vocab.build(pairs.map((pair) => tokenizer.tokenize(pair[side])));
  return seq2seq()
    .source({ vocab: vocabularyOf('source', english), tokenizer: english })
    .target({ vocab: vocabularyOf('target', french), tokenizer: french })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, embeddingSize: 64, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 64 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 128, embeddingSize: 64 }))
    .build({ seed });
}
