/**
 * Writes the headlines of reports of a few sentences.
 *
 * The reports are made up: a match, an accident, the weather, a find, a firm, and a sentence that does not
 * matter. The headline takes some words over and leaves most out. It also says what the report only implies:
 * who won, more or less. No headline of the test was ever seen in training.
 *
 *   npm run example -- summarise
 *
 *   --train FILE       texts of your own: text TAB summary, one pair a line; every tenth is held out
 *   --examples N       how many reports it makes up; default 6000
 *   --epochs N         default 6
 *   --seed N           default 1
 */
import {
  adam,
  bahdanauAttention,
  beam,
  createRandom,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  wordTokenizer,
  type Random,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { distinctSources, holdOut, readPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 6000, epochs: 6 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const reports = file === undefined ? writeReports(examples, seed) : distinctSources(await readPairs(file));
  if (reports.length < 10) throw new Error(`There must be ten reports or more; there are ${reports.length}.`);
  const { train, heldOut } = holdOut(reports);

  await useBackend('auto');
  const tokenizer = wordTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(
      train.map((pair) => tokenizer.tokenize(pair[side])),
      { maxSize: 20_000 },
    );
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 64 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 64 }))
    .build({ seed });
  console.log(`${train.length} reports to learn from, ${heldOut.length} held out.`);

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

  const strategy = beam({ width: 4, lengthPenalty: { length: 1 }, maxLength: 30 });
  for (const { source, target } of heldOut.slice(0, 6)) {
    const [best] = await model.generate(source, strategy);
    console.log(`\n${source}\n→ ${best?.text} ${best?.text === target ? '✓' : `✗ ${target}`}`);
  }
  const { exactMatch, bleu } = await model.evaluate(heldOut, { strategy });
  model.dispose();
  console.log(`\nBLEU of the held-out headlines: ${bleu.toFixed(1)}`);
  console.log(`held-out exact match: ${exactMatch.toFixed(3)}`);
}

const TOWNS =
  'Harwick Dunmore Ashby Kelford Marlow Tarrant Wexley Brigham Orwell Selby Penrose Lynton Calder Stowe';
const DAYS = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday';

/** One report with its headline; of `(this|that)` one is drawn. */
function writeReport(random: Random): TextPair {
  const pick = (choices: string): string => {
    const list = choices.split('|');
    return list[random.integer(list.length)] ?? '';
  };
  const [town, other, third] = shuffled(TOWNS.split(' '), random) as [string, string, string];
  const [day, until] = [pick(DAYS), pick(DAYS)];
  const [ours, theirs] = [random.integer(6), random.integer(6)];
  const [before, now] = [1 + random.integer(9), 1 + random.integer(9)];
  const weather = pick('Snow|Ice|Fog|Mud');
  const way = pick('road|bridge|pass|railway|ferry');
  const hurt = pick('Nobody|One|Two|Three|Four|Five|Six');
  const house = pick('bakery|barn|school|library|mill|hotel|theatre');
  const harm = pick('fire|flood|storm');
  const find = pick('coin|ring|sword|bell|statue|map|letter');
  const age = 100 * (1 + random.integer(20));
  const who = pick('Children|Builders|Divers|Farmers|Students');
  const ware = pick('rope|clock|boat|chair|lamp|paper|glass');

  const verb = ours > theirs ? 'beat' : ours < theirs ? 'lose to' : 'draw with';
  const change = now > before ? 'more' : now < before ? 'less' : 'the same';
  const reports = [
    {
      source: [
        `${town} and ${other} met on ${day} (afternoon|evening).`,
        'The (first half was slow|keepers had much to do|crowd sang to the end).',
        `(After ninety minutes|At the last whistle) ${town} had scored ${ours} and ${other} ${theirs}.`,
      ],
      target: `${town} ${verb} ${other} ${ours}-${theirs}`,
    },
    {
      source: [
        `(Help was called to|Neighbours ran to) a ${house} in ${town} (early|late) on ${day}.`,
        `A ${harm} had (damaged|destroyed) it.`,
        hurt === 'Nobody'
          ? '(Everybody got out in time|All who were inside are well).'
          : `(Doctors look after|An ambulance took) ${hurt.toLowerCase()} of those inside.`,
      ],
      target: `${hurt} hurt in ${town} ${house} ${harm}`,
    },
    {
      source: [
        `Since ${day} (nobody has gone|there has been no way) from ${town} to ${other}.`,
        `The ${way} between them is shut because of ${weather.toLowerCase()}.`,
        `It (will open again|is to be used again) on ${until}.`,
      ],
      target: `${weather} closes ${town}-${other} ${way} until ${until}`,
    },
    {
      source: [
        `A ${find} lay under the (sand|earth|floor|water) of ${town} for ${age} years.`,
        `On ${day} it came to light.`,
        `${who} (saw it first|pulled it out|had been looking for it).`,
      ],
      target: `${who} find ${age}-year-old ${find} in ${town}`,
    },
    {
      source: [
        `The ${ware} works of ${town} (showed their books|gave their numbers) on ${day}.`,
        `Last year they earned ${before} million.`,
        `This year it is ${now} million.`,
      ],
      target: `${town} ${ware} works earn ${change}: ${now} million`,
    },
  ];
  const { source, target } = reports[random.integer(reports.length)]!;
  const asides = [
    `The mayor of ${third} sent her good wishes.`,
    `Nothing like it has happened in ${third}.`,
    `It was a cold day in ${third}.`,
    `More will be known on ${pick(DAYS)}.`,
  ];
  const place = 1 + random.integer(source.length); // what does not matter never comes first
  const text = source.toSpliced(place, 0, `(${asides.join('|')})`).join(' ');
  return { source: text.replace(/\(([^()]*)\)/g, (_, choices: string) => pick(choices)), target };
}

function shuffled(items: readonly string[], random: Random): string[] {
  const keyed = items.map((item) => ({ item, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Reports whose headlines all differ, so that those held out are new. */
function writeReports(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const drawn = Array.from({ length: count }, () => writeReport(random));
  return [...new Map(drawn.map((report) => [report.target, report])).values()];
}

await runExample(import.meta.url, OPTIONS, main);
