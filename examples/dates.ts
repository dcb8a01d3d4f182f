/**
 * Reads dates as people write them and writes them in ISO form: "the 3rd of May 2021", "Mon, 7 Aug 98",
 * "12/31/1999".
 *
 * It is a character model with attention. It learns to find day, month and year wherever they stand. No day
 * of the test was ever seen in training, in whatever form.
 *
 *   npm run example -- dates
 *
 *   --train FILE       pairs of your own, source TAB target, instead of dates that it makes up;
 *                      every tenth is held out
 *   --examples N       how many dates it makes up; default 5000
 *   --epochs N         default 5
 *   --seed N           default 1
 */
import {
  adam,
  bahdanauAttention,
  charTokenizer,
  createRandom,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  type Random,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { distinctSources, holdOut, readPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 5000, epochs: 5 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeDates(examples, seed) : distinctSources(await readPairs(file));
  if (pairs.length < 10)
    throw new Error(`There must be ten different pairs or more; there are ${pairs.length}.`);
  const { train, heldOut } = holdOut(pairs);

  await useBackend('auto');
  const tokenizer = charTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, embeddingSize: 32, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 64 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 32 }))
    .build({ seed });
  console.log(`${train.length} pairs to learn from, ${heldOut.length} held out.`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  await model.fit(train, {
    epochs,
    batchSize: 32,
    // The learning rate falls to 0 in the second half.
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 - (2 * step) / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  const shown = heldOut.slice(0, 12);
  const found = await model.generateBatch(shown.map((pair) => pair.source));
  console.log();
  shown.forEach(({ source, target }, i) => {
    const text = found[i]?.[0]?.text ?? '';
    console.log(`  ${source.padEnd(32)} ${text.padEnd(12)} ${text === target ? '✓' : `✗ ${target}`}`);
  });
  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Days from 1950 to 2049 in random order, each once and in one of many forms. */
function makeDates(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const [first, last] = [Date.UTC(1950, 0, 1), Date.UTC(2049, 11, 31)];
  const days = new Map<string, TextPair>(); // by its ISO form: what is held out was never written in any form
  for (let i = 0; i < count; i++) {
    const date = new Date(first + Math.floor(random.next() * (last - first)));
    const target = date.toISOString().slice(0, 10);
    days.set(target, { source: writeDate(date, random), target });
  }
  return [...days.values()];
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** One of the many ways to write a date; years of two digits are those from 1950 to 2049. */
function writeDate(date: Date, random: Random): string {
  const pick = (...choices: readonly string[]): string => choices[random.integer(choices.length)] ?? '';
  const two = (number: number): string => String(number).padStart(2, '0');
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const name = MONTHS[month - 1] ?? '';
  const weekday = WEEKDAYS[date.getUTCDay()] ?? '';
  const ending = day > 10 && day < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');

  const m = pick(name, name, name.slice(0, 3), `${name.slice(0, 3)}.`);
  const d = pick(String(day), two(day));
  const y = pick(String(year), String(year), `’${two(year % 100)}`);
  const short = two(year % 100);
  const written = pick(
    `${day} ${m} ${y}`,
    `${m} ${day}, ${y}`,
    `${m} ${day}${ending}, ${y}`,
    `the ${day}${ending} of ${name} ${y}`,
    `${name} the ${day}${ending}, ${year}`,
    `${d}-${name.slice(0, 3).toUpperCase()}-${short}`,
    `${weekday.slice(0, 3)}, ${day} ${name.slice(0, 3)} ${short}`,
    `${weekday}, ${day}${ending} ${name} ${year}`,
    `${month}/${day}/${year}`, // as in the USA
    `${two(month)}/${two(day)}/${short}`,
    `${day}.${month}.${year}`, // as in Germany
    `${two(day)}.${two(month)}.${short}`,
    `${year}/${two(month)}/${two(day)}`,
    `${year}${two(month)}${two(day)}`,
    `${year}年${month}月${day}日`,
  );
  return pick(written, written, written, written.toLowerCase(), written.toUpperCase());
}

await runExample(import.meta.url, OPTIONS, main);
