/**
 * Trains an English→French translator and translates sentences that it has never seen.
 *
 *   npm run demo                          on a phrasebook that the demo writes itself
 *   npm run demo -- --pairs FILE.tsv      on your own pairs: source TAB target
 *   npm run demo -- --interactive         then translates what you type
 *   npm run demo -- --json                ends with one JSON line
 *   npm run demo -- --epochs N --seed N   default 5 and 1
 */
import { createInterface } from 'node:readline/promises';
import {
  adam,
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
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { phrasebook } from './phrasebook/phrasebook.js';
import { flag, optionalText, runExample, wholeNumber, type Settings } from './support/cli.js';
import { readPairs } from './support/pairs.js';

const OPTIONS = {
  pairs: optionalText(),
  epochs: wholeNumber(5),
  seed: wholeNumber(1),
  interactive: flag(),
  json: flag(),
};

interface Data {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly train: readonly TextPair[];
  readonly heldOut: readonly TextPair[];
}

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  const { pairs: file, epochs, seed, interactive, json } = settings;
  const { name, tokenizer, train, heldOut } =
    file === undefined ? ownPhrasebook(seed) : await userPairs(file);
  const backend = await useBackend('auto');
  const model = buildModel(train, tokenizer, seed);
  console.log(`${train.length + heldOut.length} pairs from ${name}, ${heldOut.length} of them held out.`);
  console.log(`${model.summary().total.toLocaleString('en-US')} weights, backend ${backend}.\n`);

  const bar = progressBar();
  const started = performance.now();
  const steps = epochs * Math.ceil(train.length / 64);
  const history = await model.fit(train, {
    epochs,
    batchSize: 64,
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 * Math.max(0, 1 - step / steps)) }),
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
  if (interactive) await translateLines(model);
  model.dispose();
  if (!json) return;
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

/** A bidirectional GRU encoder and a GRU decoder; the whole source passes through one vector. */
function buildModel(pairs: readonly TextPair[], tokenizer: Tokenizer, seed: number): Seq2SeqModel {
  const vocabularyOf = (side: keyof TextPair): Vocab =>
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

/** Reads the user's pairs and holds one in twenty out, about 1,000 at most. */
async function userPairs(path: string): Promise<Data> {
  const pairs = await readPairs(path);
  if (pairs.length < 2) throw new Error(`${path}: expected two pairs or more, one of them to hold out.`);
  const every = Math.max(2, Math.min(20, pairs.length), Math.ceil(pairs.length / 1000));
  const isHeldOut = (i: number): boolean => i % every === every - 1;
  return {
    name: path,
    tokenizer: wordTokenizer({ lowercase: true }),
    train: pairs.filter((_, i) => !isHeldOut(i)),
    heldOut: pairs.filter((_, i) => isHeldOut(i)),
  };
}

async function showTranslations(model: Seq2SeqModel, pairs: readonly TextPair[]): Promise<void> {
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
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: process.stdin.isTTY ? '> ' : '',
  });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '') break;
    try {
      const [best] = await model.generate(line);
      console.log(best?.text);
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
    lines.prompt();
  }
  lines.close();
}

await runExample(import.meta.url, OPTIONS, main);
