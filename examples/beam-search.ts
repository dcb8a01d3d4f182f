/**
 * Shows what the width of a beam and its penalties do.
 *
 * A model learns to write notes out: "dentist Anna Tue 9 5" becomes "The appointment with Anna is on Tuesday
 * at nine in room five." There are eight ways to put it. In a third of the data somebody only wrote "See the
 * note."
 *
 * Each full sentence is less probable than these three words, for eight sentences share what is left. Greedy
 * search begins with the word that most of them begin with, and goes on. A beam finds what is most probable
 * as a whole, and that is the evasion. Two penalties put this right: dividing by the length, and asking that
 * the source is covered.
 *
 *   npm run example -- beam-search
 *
 *   --train FILE       pairs of your own, source TAB target; a source may stand there several times;
 *                      one in ten is held out
 *   --examples N       how many notes it makes up, with twelve pairs each; default 400
 *   --epochs N         default 4
 *   --seed N           default 1
 */
import {
  adam,
  bahdanauAttention,
  beam,
  createRandom,
  greedy,
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
import { readPairs, splitSources } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 400, epochs: 4 });

const STRATEGIES = {
  greedy: greedy(),
  'beam of 2': beam({ width: 2 }),
  'beam of 4': beam({ width: 4 }),
  'beam of 8': beam({ width: 8 }),
  'beam of 8, GNMT’s length penalty, 0.6': beam({ width: 8, lengthPenalty: { gnmt: 0.6 } }),
  'beam of 8, coverage penalty 0.5': beam({ width: 8, coveragePenalty: 0.5 }),
  'beam of 8, divided by the length': beam({ width: 8, lengthPenalty: { length: 1 } }),
};

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeNotes(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitSources(pairs);

  await useBackend('auto');
  const tokenizer = wordTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 48, embeddingSize: 32, bidirectional: true }))
    .bridge(linearBridge())
    .attention(bahdanauAttention({ units: 48 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 64, embeddingSize: 32 }))
    .build({ seed });
  console.log(`${train.length} pairs to learn from, ${heldOut.size} sources held out.\n`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  await model.fit(train, {
    epochs,
    batchSize: 32,
    optimizer: adam({ learningRate: (step) => 4e-3 * (1 - step / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  const sources = [...heldOut.keys()];
  const [sample = ''] = sources;
  console.log(`\nThe five most probable outputs for "${sample}":\n`);
  for (const { text, logProbability } of await model.generate(sample, beam({ width: 8, nBest: 5 })))
    console.log(`  ${Math.exp(logProbability).toFixed(3)}  ${text}`);

  console.log(`\n${'search'.padEnd(38)}   log p  tokens right`);
  let right = 0;
  for (const [name, strategy] of Object.entries(STRATEGIES)) {
    const found = (await model.generateBatch(sources, strategy)).flatMap(([best]) => best ?? []);
    const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
    const isRight = found.map(
      ({ text }, i) => text !== EVASION && heldOut.get(sources[i] ?? '')?.includes(text) === true,
    );
    right = mean(isRight.map(Number));
    const logProbability = mean(found.map((hypothesis) => hypothesis.logProbability)).toFixed(2);
    const words = mean(found.map(({ tokens }) => tokens.length)).toFixed(1);
    console.log(`${name.padEnd(38)} ${logProbability.padStart(7)} ${words.padStart(6)}  ${right.toFixed(3)}`);
  }
  model.dispose();
  console.log(`\nheld-out notes written out right by the last: ${right.toFixed(3)}`);
}

const EVENTS = 'dentist=appointment team=meeting piano=lesson chess=game lunch=lunch'.split(' ');
const NAMES = 'Anna Ben Chloe David Emma Felix Grace Hugo'.split(' ');
const DAYS = 'Mon=Monday Tue=Tuesday Wed=Wednesday Thu=Thursday Fri=Friday Sat=Saturday Sun=Sunday'.split(
  ' ',
);
const NUMBERS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const EVASION = 'See the note.';

/** Notes, each with the eight ways to write it out, and with the evasion four times. */
function makeNotes(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]): string[] => (list[random.integer(list.length)] ?? '').split('=');
  return Array.from({ length: count }, () => {
    const [[kind, event], [name], [short, day]] = [pick(EVENTS), pick(NAMES), pick(DAYS)];
    const [hour, room] = [1 + random.integer(12), 1 + random.integer(12)];
    const source = `${kind} ${name} ${short} ${hour} ${room}`;
    const [time, number] = [NUMBERS[hour - 1], NUMBERS[room - 1]];
    const targets = [`on ${day} at ${time}`, `at ${time} on ${day}`].flatMap((when) =>
      [`in room ${number}`, `, room ${number}`].flatMap((where) =>
        ['is', 'takes place'].map((verb) =>
          `The ${event} with ${name} ${verb} ${when} ${where}.`.replace(' ,', ','),
        ),
      ),
    );
    return [...targets, EVASION, EVASION, EVASION, EVASION].map((target) => ({ source, target }));
  }).flat();
}

await runExample(import.meta.url, OPTIONS, main);
