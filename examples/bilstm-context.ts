/**
 * Reads German number words letter by letter and writes the number in English: "dreiundzwanzig" becomes twenty-three.
 *
 * German puts the units before the tens and runs all together, so an encoder that reads both ways helps: a bidirectional LSTM.
 * Its state goes through a linear bridge, since the decoder is not as wide, and the decoder sees the encoder's summary at
 * every step, as an input of the cell and once more of the output projection (Cho et al. 2014).
 *
 *   npm run example -- bilstm-context
 *
 *   --train FILE       pairs of your own, source TAB target, instead of numbers; one in ten is held out
 *   --examples N       how many numbers below 10,000 it draws; default 6000
 *   --epochs N         default 7
 *   --seed N           default 1
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
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
import { progressBar, readTsv, type TextPair } from 'tfjs-seq2seq/node';

async function main(): Promise<void> {
  const settings = readSettings();
  if (settings === null) return;
  const { examples, epochs, seed } = settings;
  const { train, heldOut } = split(
    settings.train === undefined ? makeNumbers(examples, seed) : await readPairs(settings.train),
  );

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
  return `${part(Math.floor(number / 1000), 'tausend')}${part(Math.floor(number / 100) % 10, 'hundert')}${small}`;
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

async function readPairs(file: string): Promise<TextPair[]> {
  const pairs: TextPair[] = [];
  for await (const pair of readTsv(file)) pairs.push(pair);
  return pairs;
}

/** Holds one pair in ten out, about 500 at most; no source stands on both sides. */
function split(pairs: readonly TextPair[]): { train: TextPair[]; heldOut: TextPair[] } {
  const distinct = [...new Map(pairs.map((pair) => [pair.source, pair])).values()];
  if (distinct.length < 10)
    throw new Error(`${distinct.length} different pairs are too few; bring ten or more.`);
  const every = Math.max(10, Math.ceil(distinct.length / 500));
  const isHeldOut = (_: TextPair, i: number): boolean => i % every === 0;
  return { train: distinct.filter((pair, i) => !isHeldOut(pair, i)), heldOut: distinct.filter(isHeldOut) };
}

/** The command line, checked; `null` where help was wanted. */
function readSettings() {
  const { values } = parseArgs({
    options: {
      train: { type: 'string' },
      examples: { type: 'string', default: '6000' },
      epochs: { type: 'string', default: '7' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    const [head = ''] = readFileSync(new URL(import.meta.url), 'utf8').split('*/');
    console.log(head.slice(4).replace(/^ \* ?/gm, ''));
    return null;
  }
  const whole = (name: 'examples' | 'epochs' | 'seed'): number => {
    if (/^\d{1,9}$/.test(values[name])) return Number(values[name]);
    throw new Error(`--${name} is ${values[name]}; it must be a whole number.`);
  };
  const numbers = { examples: whole('examples'), epochs: whole('epochs'), seed: whole('seed') };
  return { train: values.train, ...numbers };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
