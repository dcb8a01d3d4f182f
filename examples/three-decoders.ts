/**
 * Compares the classic decoder structures on one task: weather reports from weather data.
 *
 *   1. initial state         the context starts the decoder, then stands aside (Sutskever et al. 2014)
 *   2. every step            each step reads the context, and nothing else
 *   3. every step, feedback  each step reads the context and the word written last
 *   4. state, step, readout  all of it, and the output projection reads both, too (Cho et al. 2014)
 *
 * Every report stands in the data twice, put in two ways. The second decoder does not know what it has
 * written, so it cannot keep to one way: it mixes both. The first decoder knows it. But it has to keep the
 * weather in its state while it writes, and learns that late.
 *
 *   npm run example -- three-decoders
 *
 *   --train FILE       pairs of your own, source TAB target; a source may stand there several times;
 *                      one in ten is held out
 *   --examples N       how many reports it makes up; default 4000
 *   --epochs N         default 5
 *   --seed N           default 1
 */
import {
  adam,
  createRandom,
  linearBridge,
  passBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  wordTokenizer,
  zeroBridge,
  type Seq2SeqModel,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitSources, type References } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 4000, epochs: 5 });

const tokenizer = wordTokenizer();
const rnn = { cell: 'rnn', units: 96 } as const;
const reader = { ...rnn, embeddingSize: 32 } as const; // of those that read words
const DECODERS = {
  '1. initial state': { bridge: passBridge(), decoder: recurrentDecoder({ ...reader, input: ['previous'] }) },
  '2. every step': { bridge: zeroBridge(), decoder: recurrentDecoder({ ...rnn, input: ['summary'] }) },
  '3. every step, feedback': {
    bridge: zeroBridge(),
    decoder: recurrentDecoder({ ...reader, input: ['previous', 'summary'] }),
  },
  '4. state, step, readout': {
    bridge: linearBridge(),
    decoder: recurrentDecoder({
      ...reader,
      input: ['previous', 'summary'],
      readout: ['output', 'previous', 'summary'],
    }),
  },
};

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeReports(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitSources(pairs);

  await useBackend('auto');
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const base = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder(reader));
  console.log(`${train.length} pairs to learn from, ${heldOut.size} sources held out.\n`);

  const rows: string[] = [];
  let best = 0;
  const [sample = ''] = heldOut.keys();
  console.log(`${sample}\n`);
  for (const [name, { bridge, decoder }] of Object.entries(DECODERS)) {
    const model = base.bridge(bridge).decoder(decoder).build({ seed });
    const steps = epochs * Math.ceil(train.length / 32);
    const bar = progressBar();
    await model.fit(train, {
      epochs,
      batchSize: 32,
      optimizer: adam({ learningRate: (step) => 3e-3 * (1 - step / steps) }),
      seed,
      onStep: bar.update,
    });
    bar.finish();
    const right = await shareRight(model, heldOut);
    const [answer] = await model.generate(sample);
    console.log(`${name}\n  ${answer?.text}`);
    rows.push(`${name.padEnd(25)} ${String(model.summary().total).padStart(7)}  ${right.toFixed(3)}`);
    best = Math.max(best, right);
    model.dispose();
  }
  console.log(`\n${'decoder'.padEnd(25)} weights  right\n${rows.join('\n')}`);
  console.log(`\nheld-out exact match of the best: ${best.toFixed(3)}`);
}

/** The share of sources whose output is one of the references. */
async function shareRight(model: Seq2SeqModel, heldOut: References['heldOut']): Promise<number> {
  const found = await model.generateBatch([...heldOut.keys()]);
  const references = [...heldOut.values()];
  const isRight = (text = '', i: number): boolean =>
    references[i]?.some(
      (reference) => tokenizer.tokenize(reference).join() === tokenizer.tokenize(text).join(),
    ) ?? false;
  return found.filter(([best], i) => isRight(best?.text, i)).length / heldOut.size;
}

const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const PLACES =
  'north=the_north south=the_south coast=the_coast hills=the_hills valley=the_valley city=the_city'.split(
    ' ',
  );
const SKIES =
  'clear=clear_skies cloud=clouds fog=thick_fog rain=steady_rain snow=light_snow storm=a_storm'.split(' ');
const WINDS = 'calm=hardly_any_wind breeze=a_light_breeze gale=a_strong_gale'.split(' ');

/** Such as "Monday coast 3 9 rain gale", each with both ways to put it. */
function makeReports(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]): string[] =>
    (list[random.integer(list.length)] ?? '').replaceAll('_', ' ').split('=');
  return Array.from({ length: count }, () => {
    const [day] = pick(DAYS);
    const [place, thePlace] = pick(PLACES);
    const [sky, theSky] = pick(SKIES);
    const [wind, theWind] = pick(WINDS);
    const low = random.integer(15);
    const high = low + 1 + random.integer(9);
    const source = `${day} ${place} ${low} ${high} ${sky} ${wind}`;
    const rise = `temperatures rise from ${low} to ${high}`;
    return [
      `On ${day} expect ${theSky} over ${thePlace} with ${theWind}, from ${low} to ${high} degrees.`,
      `Over ${thePlace} there will be ${theSky} and ${theWind} on ${day}; ${rise}.`,
    ].map((target) => ({ source, target }));
  }).flat();
}

await runExample(import.meta.url, OPTIONS, main);
