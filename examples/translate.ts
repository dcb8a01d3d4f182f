/**
 * Trains and tests a translator on tab-separated sentence pairs, tokens split at blanks.
 *
 *   npm run translate -- --train train.tsv --test test.tsv --model attention --epochs 12
 *
 *   --train FILE  --test FILE       source TAB target, one pair a line
 *   --model gru2|attention          two GRU layers, or a bidirectional GRU with additive attention;
 *                                   default gru2
 *   --epochs N                      default 12
 *   --embedding N  --units N        default 128 and 256
 *   --batch N                       default 64
 *   --learning-rate R               default 0.001
 *   --teacher-forcing R             how often the reference is fed, 0 to 1; default 0.5
 *   --seed N                        default 1
 *   --attention FILE.svg            draws where the first test sentence's translation looked
 *                                   (with --model attention)
 *   --json                          prints one JSON object for the model and one an epoch
 */
import { writeFile } from 'node:fs/promises';
import {
  adam,
  attentionHeatmap,
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
  type Seq2SeqBuilder,
  type Seq2SeqModel,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { anyNumber, choice, flag, optionalText, runExample, type Settings } from './support/cli.js';
import { readPairs } from './support/pairs.js';

const OPTIONS = {
  train: optionalText(),
  test: optionalText(),
  model: choice(['gru2', 'attention'], 'gru2'),
  epochs: anyNumber(12),
  embedding: anyNumber(128),
  units: anyNumber(256),
  batch: anyNumber(64),
  'learning-rate': anyNumber(0.001),
  'teacher-forcing': anyNumber(0.5),
  seed: anyNumber(1),
  attention: optionalText(),
  json: flag(),
};

const tokenizer = whitespaceTokenizer();

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  if (settings.train === undefined || settings.test === undefined)
    throw new Error('Pass --train FILE.tsv and --test FILE.tsv; --help says more.');
  if (settings.attention !== undefined && settings.model !== 'attention')
    throw new Error('--attention needs --model attention.');
  const { embedding, units, batch, epochs, seed, json } = settings;
  const { 'learning-rate': learningRate, 'teacher-forcing': teacherForcing } = settings;
  const train = await readPairs(settings.train);
  const test = await readPairs(settings.test);
  const vocabularyOf = (side: keyof TextPair): Vocab =>
    Vocab.build(
      train.map((pair) => tokenizer.tokenize(pair[side])),
      { minFrequency: 2 },
    );
  const source = { vocab: vocabularyOf('source'), tokenizer };
  const target = { vocab: vocabularyOf('target'), tokenizer };

  const backend = await useBackend('auto');
  const model = MODELS[settings.model](seq2seq().source(source).target(target), units, embedding).build({
    seed,
  });
  const description = {
    model: settings.model,
    emb: embedding,
    hid: units,
    batch,
    lr: learningRate,
    tf: teacherForcing,
    threads: 1,
    backend,
    seed,
    src_vocab: source.vocab.size,
    tgt_vocab: target.vocab.size,
    train: train.length,
    test: test.length,
    params: model.summary().total,
  };
  console.log(json ? JSON.stringify(description) : description);

  const bar = progressBar();
  await model.fit(train, {
    epochs,
    batchSize: batch,
    optimizer: adam({ learningRate }),
    clipNorm: 1,
    teacherForcing: constantRatio(teacherForcing),
    seed,
    ...(json ? {} : { onStep: bar.update }),
    onEpoch: async ({ epoch, loss, seconds, tokensPerSecond }) => {
      if (!json) bar.finish();
      const { bleu, exact, sample } = await testTranslations(model, test);
      const row = {
        epoch,
        train_loss: round(loss, 4),
        seconds: round(seconds, 1),
        target_tokens_per_s: Math.round(tokensPerSecond),
        bleu: round(bleu, 2),
        exact,
        sample,
      };
      console.log(json ? JSON.stringify(row) : row);
    },
  });
  const first = test[0]?.source ?? '';
  if (settings.attention !== undefined) {
    const [best] = await model.generate(first);
    if (best === undefined) throw new Error('Nothing was generated.');
    const sourceTokens = ['<sos>', ...tokenizer.tokenize(first), '<eos>'];
    await writeFile(settings.attention, attentionHeatmap(best, { sourceTokens }));
  }
  model.dispose();
}

type Sides = Seq2SeqBuilder<'encoder' | 'decoder'>;
type Build = (sides: Sides, units: number, embeddingSize: number) => Seq2SeqBuilder<never>;

/** The models, as PyTorch tutorials build them. */
const MODELS: Readonly<Record<'gru2' | 'attention', Build>> = {
  gru2(sides, units, embeddingSize) {
    const options = { cell: 'gru', units, embeddingSize, layers: 2, dropout: 0.5 } as const;
    return sides.encoder(recurrentEncoder(options)).decoder(recurrentDecoder(options));
  },
  attention(sides, units, embeddingSize) {
    const options = { cell: 'gru', units, embeddingSize, dropout: 0.3 } as const;
    return sides
      .encoder(recurrentEncoder({ ...options, bidirectional: true }))
      .bridge(linearBridge({ activation: 'tanh' }))
      .attention(bahdanauAttention({ units, bias: true }))
      .decoder(recurrentDecoder({ ...options, readout: ['output', 'attention', 'previous'] }));
  },
};

async function testTranslations(
  model: Seq2SeqModel,
  test: readonly TextPair[],
): Promise<{ bleu: number; exact: number; sample: string }> {
  const found = await model.generateBatch(
    test.map((pair) => pair.source),
    greedy({ maxLength: 30 }),
    { batchSize: 100 },
  );
  const hypotheses = found.map(([best]) => best?.tokens ?? []);
  const references = test.map((pair) => tokenizer.tokenize(pair.target));
  return {
    bleu: corpusBleu(hypotheses, [references], { smoothing: 'none' }).score,
    exact: exactMatch(hypotheses, references).accuracy,
    sample: hypotheses[0]?.join(' ') ?? '',
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

await runExample(import.meta.url, OPTIONS, main);
