/**
 * Trains and tests a translator on tab-separated sentence pairs, tokens split at blanks.
 *
 *   npm run translate -- --train train.tsv --test test.tsv --model gru2 --epochs 12 --json
 *
 * With --json it prints one JSON object for the model and one an epoch; without, a progress bar and a table.
 */
import { parseArgs } from 'node:util';
import {
  adam,
  bahdanauAttention,
  constantRatio,
  corpusBleu,
  exactMatch,
  greedy,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  whitespaceTokenizer,
  type Seq2SeqModel,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, readTsv } from 'tfjs-seq2seq/node';

const { values: flags } = parseArgs({
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    model: { type: 'string', default: 'gru2' },
    epochs: { type: 'string', default: '12' },
    embedding: { type: 'string', default: '128' },
    units: { type: 'string', default: '256' },
    batch: { type: 'string', default: '64' },
    'learning-rate': { type: 'string', default: '0.001' },
    'teacher-forcing': { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const number = (
  name: 'epochs' | 'embedding' | 'units' | 'batch' | 'learning-rate' | 'teacher-forcing' | 'seed',
): number => Number(flags[name]);
if (flags.train === undefined || flags.test === undefined)
  throw new Error('Pass --train FILE.tsv and --test FILE.tsv.');

interface Pair {
  readonly source: string;
  readonly target: string;
}

const tokenizer = whitespaceTokenizer();
const train = await readPairs(flags.train);
const test = await readPairs(flags.test);
const vocabularyOf = (side: keyof Pair): Vocab =>
  Vocab.build(
    train.map((pair) => tokenizer.tokenize(pair[side])),
    { minFrequency: 2 },
  );
const source = { vocab: vocabularyOf('source'), tokenizer };
const target = { vocab: vocabularyOf('target'), tokenizer };

const backend = await useBackend('auto');
const seed = number('seed');
const model = buildModel(flags.model);
const describe = {
  model: flags.model,
  emb: number('embedding'),
  hid: number('units'),
  batch: number('batch'),
  lr: number('learning-rate'),
  tf: number('teacher-forcing'),
  backend,
  seed,
  src_vocab: source.vocab.size,
  tgt_vocab: target.vocab.size,
  train: train.length,
  test: test.length,
  params: model.summary().total,
};
console.log(flags.json ? JSON.stringify(describe) : describe);

const bar = progressBar();
await model.fit(train, {
  epochs: number('epochs'),
  batchSize: number('batch'),
  optimizer: adam({ learningRate: number('learning-rate') }),
  clipNorm: 1,
  teacherForcing: constantRatio(number('teacher-forcing')),
  seed,
  ...(flags.json ? {} : { onStep: bar.update }),
  onEpoch: async ({ epoch, loss, seconds, tokensPerSecond }) => {
    if (!flags.json) bar.finish();
    const { bleu, exact, sample } = await testTranslations();
    const row = {
      epoch,
      train_loss: round(loss, 4),
      seconds: round(seconds, 1),
      target_tokens_per_s: Math.round(tokensPerSecond),
      bleu: round(bleu, 2),
      exact,
      sample,
    };
    console.log(flags.json ? JSON.stringify(row) : row);
  },
});
model.dispose();

/** The models, as PyTorch tutorials build them. */
function buildModel(name: string): Seq2SeqModel {
  const [units, embeddingSize] = [number('units'), number('embedding')];
  const sides = seq2seq().source(source).target(target);
  switch (name) {
    case 'gru2': {
      const options = { cell: 'gru', units, embeddingSize, layers: 2, dropout: 0.5 } as const;
      return sides.encoder(recurrentEncoder(options)).decoder(recurrentDecoder(options)).build({ seed });
    }
    case 'attention': {
      const options = { cell: 'gru', units, embeddingSize, dropout: 0.3 } as const;
      return sides
        .encoder(recurrentEncoder({ ...options, bidirectional: true }))
        .bridge(linearBridge({ activation: 'tanh' }))
        .attention(bahdanauAttention({ units }))
        .decoder(recurrentDecoder({ ...options, readout: ['output', 'attention', 'previous'] }))
        .build({ seed });
    }
    default:
      throw new Error(`--model is ${name}; it can be gru2 or attention.`);
  }
}

async function readPairs(path: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for await (const { source, target } of readTsv(path)) pairs.push({ source, target });
  return pairs;
}

async function testTranslations(): Promise<{ bleu: number; exact: number; sample: string }> {
  const found = await model.generateBatch(
    test.map((pair) => pair.source),
    greedy({ maxLength: 30 }),
    { batchSize: 100 },
  );
  const hypotheses = found.map(([best]) => best?.tokens ?? []);
  const references = test.map((pair) => tokenizer.tokenize(pair.target));
  return {
    bleu: corpusBleu(hypotheses, [references]).score,
    exact: exactMatch(hypotheses, references).accuracy,
    sample: hypotheses[0]?.join(' ') ?? '',
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
