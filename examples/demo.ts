/**
 * Trains an English→French translator and translates sentences that it has never seen.
 *
 *   npm run demo                          on a phrasebook that the demo writes itself
 *   npm run demo -- --pairs FILE.tsv      on your own pairs: source TAB target
 *   npm run demo -- --interactive         then translates what you type
 *   npm run demo -- --json                ends with one JSON line
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import {
  adam,
  createRandom,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Seq2SeqError,
  Vocab,
  whitespaceTokenizer,
  wordTokenizer,
  type Seq2SeqModel,
  type Tokenizer,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, readTsv } from 'tfjs-seq2seq/node';
import { phrasebook } from './phrasebook/phrasebook.js';

interface Pair {
  readonly source: string;
  readonly target: string;
}

interface Data {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly train: readonly Pair[];
  readonly heldOut: readonly Pair[];
}

const { values: flags } = parseArgs({
  options: {
    pairs: { type: 'string' },
    epochs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    interactive: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

try {
  await main();
} catch (error) {
  if (!(error instanceof Seq2SeqError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const seed = Number(flags.seed);
  const { name, tokenizer, train, heldOut } =
    flags.pairs === undefined ? ownPhrasebook(seed) : await userPairs(flags.pairs, seed);
  const backend = await useBackend('auto');
  const model = buildModel(train, tokenizer, seed);
  console.log(`${train.length + heldOut.length} pairs from ${name}, ${heldOut.length} of them held out.`);
  console.log(`${model.summary().total.toLocaleString('en-US')} weights, backend ${backend}.\n`);

  const bar = progressBar();
  const started = performance.now();
  const epochs = Number(flags.epochs ?? 5);
  const steps = epochs * Math.ceil(train.length / 64);
  const history = await model.fit(train, {
    epochs,
    batchSize: 64,
    optimizer: adam({
      learningRate: (step) => 4e-3 * Math.min(1, 2 * Math.max(0, 1 - step / steps)),
    }),
    seed,
    onStep: bar.update,
  });
  bar.finish();
  const trainSeconds = (performance.now() - started) / 1000;

  const { exactMatch, bleu } = await model.evaluate(heldOut);
  console.log(
    `\nHeld-out sentences: ${(100 * exactMatch).toFixed(1)} % exactly right, BLEU ${bleu.toFixed(1)}.\n`,
  );
  await showTranslations(model, heldOut.slice(0, 10));
  if (flags.json) {
    const tokens = history.epochs.reduce((sum, epoch) => sum + epoch.tokens, 0);
    const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const result = {
      backend,
      pairs: train.length + heldOut.length,
      trainSeconds: Number(trainSeconds.toFixed(1)),
      targetTokensPerSecond: Math.round(tokens / seconds),
      heldOutExactMatch: exactMatch,
      heldOutBleu: bleu,
    };
    console.log(JSON.stringify(result));
  }
  if (flags.interactive) await translateLines(model);
  model.dispose();
}

/** A bidirectional GRU encoder and a GRU decoder; the whole source passes through one vector. */
function buildModel(pairs: readonly Pair[], tokenizer: Tokenizer, seed: number): Seq2SeqModel {
  const vocabularyOf = (side: keyof Pair): Vocab =>
    Vocab.build(pairs.map((pair) => tokenizer.tokenize(pair[side])));
  return seq2seq()
    .source({ vocab: vocabularyOf('source'), tokenizer })
    .target({ vocab: vocabularyOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 96, embeddingSize: 64, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 192, embeddingSize: 64, input: ['previous', 'summary'] }))
    .build({ seed });
}

function ownPhrasebook(seed: number): Data {
  return { name: 'the phrasebook', tokenizer: whitespaceTokenizer(), ...phrasebook({ seed }) };
}

/** Reads the user's pairs and holds one in twenty out, 1,000 at most. */
async function userPairs(path: string, seed: number): Promise<Data> {
  const pairs: Pair[] = [];
  for await (const { source, target } of readTsv(path)) pairs.push({ source, target });
  const random = createRandom(seed);
  const share = Math.min(1000, Math.max(1, Math.floor(pairs.length / 20))) / pairs.length;
  const train: Pair[] = [];
  const heldOut: Pair[] = [];
  for (const pair of pairs) (random.next() < share ? heldOut : train).push(pair);
  if (heldOut.length === 0) heldOut.push(...train.splice(-1));
  return { name: path, tokenizer: wordTokenizer({ lowercase: true }), train, heldOut };
}

async function showTranslations(model: Seq2SeqModel, pairs: readonly Pair[]): Promise<void> {
  const found = await model.generateBatch(pairs.map((pair) => pair.source));
  const rows = pairs.map(({ source, target }, i) => [source, found[i]?.[0]?.text ?? '', target] as const);
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length), 11);
  const line = (a: string, b: string, c: string): string =>
    `  ${a.padEnd(width(0))}  ${b.padEnd(width(1))}  ${c}`;
  console.log(line('English', 'translation', 'reference'));
  for (const [source, text, target] of rows)
    console.log(line(source, text, text === target ? '✓' : `✗ ${target}`));
  console.log();
}

async function translateLines(model: Seq2SeqModel): Promise<void> {
  console.log('Type a sentence; an empty line ends.');
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '') break;
    const [best] = await model.generate(line);
    console.log(best?.text);
    lines.prompt();
  }
  lines.close();
}
