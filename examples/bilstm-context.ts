/**
 * Reads German number words letter by letter and writes English ones: "dreiundzwanzig" becomes twenty-three.
 *
 * German puts the units before the tens and runs all together. So it helps to read both ways: the encoder is
 * a bidirectional LSTM. The decoder is not as wide, so the state goes through a linear bridge. At every step
 * the decoder sees the encoder's summary twice: as an input of the cell, and in the output projection (Cho et
 * al. 2014).
 *
 *   npm run example -- bilstm-context
 *
 *   --train FILE       pairs of your own, source TAB target, instead of numbers; one in ten is held out
 *   --examples N       how many numbers below 10,000 it draws; default 6000
 *   --epochs N         default 7
 *   --seed N           default 1
 */
import {
  adam,
  charTokenizer,
  createRandom,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  wordTokenizer,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 6000, epochs: 7 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeNumbers(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);

  await useBackend('auto');
  const letters = charTokenizer();
  const words = wordTokenizer();
  const model = seq2seq()
    .source({ vocab: Vocab.build(train.map((pair) => letters.tokenize(pair.source))), tokenizer: letters })
    .target({ vocab: Vocab.build(train.map((pair) => words.tokenize(pair.target))), tokenizer: words })
    .encoder(recurrentEncoder({ cell: 'lstm', units: 64, embeddingSize: 24, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' })) // from 2 · 64 to 96, for h and for c
    .decoder(
      recurrentDecoder({
        cell: 'lstm',
        units: 96,
        embeddingSize: 32,
        input: ['previous', 'summary'],
        readout: ['output', 'previous', 'summary'],
      }),
    )
    .build({ seed });
  console.log(model.summary().text);
  console.log(`\n${train.length} pairs to learn from, ${heldOut.length} held out.\n`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  await model.fit(train, {
    epochs,
    batchSize: 32,
    bucketByLength: true,
    optimizer: adam({ learningRate: (step) => 4e-3 * (1 - step / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  console.log();
  for (const { source, target } of heldOut.slice(0, 8)) {
    const [best] = await model.generate(source);
    console.log(`  ${source}\n    ${best?.text} ${best?.text === target ? '✓' : `✗ ${target}`}`);
  }
  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Numbers from 1 to 9,999, drawn at random. */
function makeNumbers(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const number = 1 + random.integer(9999);
    return { source: german(number), target: english(number) };
  });
}

const ONES =
  `null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
  siebzehn achtzehn neunzehn`.split(/\s+/);
const TENS = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');

/** 4,321 is "viertausenddreihunderteinundzwanzig". */
function german(number: number): string {
  const part = (value: number, name: string): string => (value > 0 ? `${ONES[value]}${name}` : '');
  const [ten, one] = [Math.floor((number % 100) / 10), number % 10];
  const small =
    ten < 2 ? part(number % 100, one === 1 && ten === 0 ? 's' : '') : `${part(one, 'und')}${TENS[ten - 2]}`;
  const [thousand, hundred] = [Math.floor(number / 1000), Math.floor(number / 100) % 10];
  return `${part(thousand, 'tausend')}${part(hundred, 'hundert')}${small}`;
}

const UNITS =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/);
const TIES = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** 4,321 is "four thousand three hundred and twenty-one". */
function english(number: number): string {
  const [thousand, hundred] = [Math.floor(number / 1000), Math.floor(number / 100) % 10];
  const [ten, one] = [Math.floor((number % 100) / 10), number % 10];
  const small = ten < 2 ? UNITS[number % 100] : `${TIES[ten - 2]}${one > 0 ? `-${UNITS[one]}` : ''}`;
  return [
    ...(thousand > 0 ? [`${UNITS[thousand]} thousand`] : []),
    ...(hundred > 0 ? [`${UNITS[hundred]} hundred`] : []),
    ...(number > 100 && number % 100 > 0 ? ['and'] : []),
    ...(number % 100 > 0 ? [small] : []),
  ].join(' ');
}

await runExample(import.meta.url, OPTIONS, main);
