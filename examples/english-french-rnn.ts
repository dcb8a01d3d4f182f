/**
 * Translates English into French with plain recurrent networks, the smallest model there is.
 *
 * One Elman RNN reads the sentence into a vector. Another starts from this vector, sees it again at every
 * step, and writes. While it learns, each step is fed the word of the reference (teacher forcing). Afterwards
 * each step is fed its own best guess (greedy search). Try it without 'summary': the vector then only starts
 * the decoder, and a plain RNN soon forgets it.
 *
 *   npm run example -- english-french-rnn
 *
 *   --train FILE       pairs of your own, source TAB target, instead of sentences that it makes up;
 *                      one in ten is held out
 *   --examples N       how many sentences it makes up; default 8000
 *   --epochs N         default 8
 *   --seed N           default 1
 */
import {
  adam,
  constantRatio,
  createRandom,
  greedy,
  passBridge,
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

const OPTIONS = commonOptions({ examples: 8000, epochs: 8 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeSentences(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);

  await useBackend('auto');
  const tokenizer = wordTokenizer({ lowercase: true });
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const rnn = { cell: 'rnn', units: 128, embeddingSize: 48 } as const;
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(recurrentEncoder(rnn))
    .bridge(passBridge()) // the encoder's last state is the decoder's first
    .decoder(recurrentDecoder({ ...rnn, input: ['previous', 'summary'] })) // what each step reads
    .teacherForcing(constantRatio(1)) // the reference at every step
    .build({ seed });
  console.log(`${train.length} sentences to learn from, ${heldOut.length} held out.\n`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  await model.fit(train, {
    epochs,
    batchSize: 32,
    optimizer: adam({ learningRate: (step) => 2e-3 * (1 - step / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  console.log();
  for (const { source, target } of heldOut.slice(0, 8)) {
    const [best] = await model.generate(source, greedy());
    console.log(`  ${source}\n    ${best?.text} ${best?.text === target ? '✓' : `✗ ${target}`}`);
  }
  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

const SUBJECTS = `she=elle he=il the_boy=le_garçon the_girl=la_fille my_brother=mon_frère my_sister=ma_sœur
  the_doctor=le_médecin this_woman=cette_femme that_man=cet_homme our_teacher=notre_professeur`;
const VERBS =
  'see=voit look_for=cherche find=trouve keep=garde sell=vend show=montre draw=dessine take=prend';
const DETERMINERS = 'the=le/la a=un/une my=mon/ma this=ce/cette his=son/sa';
const NOUNS = `cat=chat horse=cheval book=livre bag=sac boat=bateau newspaper=journal
  car=voiture/ house=maison/ table=table/ flower=fleur/ letter=lettre/ key=clé/`; // a slash: feminine
const ADJECTIVES = 'black=noir/noire white=blanc/blanche green=vert/verte heavy=lourd/lourde red=rouge/rouge';
const TIMES = "today=aujourd'hui tomorrow=demain every_day=tous_les_jours this_evening=ce_soir";

/** Such as "my sister does not sell the green car", "ma sœur ne vend pas la voiture verte". */
function makeSentences(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (words: string): [english: string, french: string] => {
    const list = words.split(/\s+/);
    const [english = '', french = ''] = (list[random.integer(list.length)] ?? '')
      .replaceAll('_', ' ')
      .split('=');
    return [english, french];
  };
  const chance = (): boolean => random.next() < 0.5;

  return Array.from({ length: count }, () => {
    const [subject, sujet] = pick(SUBJECTS);
    const [verb, verbe] = pick(VERBS);
    const [noun, nom] = pick(NOUNS);
    const feminine = nom.endsWith('/');
    const agree = (forms: string): string => forms.split('/')[feminine ? 1 : 0] ?? '';
    const [determiner, article] = pick(DETERMINERS);
    const [adjective, adjectif] = chance() ? pick(ADJECTIVES) : ['', ''];
    const [time, moment] = chance() ? pick(TIMES) : ['', ''];
    const negative = chance();
    const [first = '', ...rest] = verb.split(' ');
    const english = negative ? ['does not', verb] : [`${first}s`, ...rest];
    const french = negative ? ['ne', verbe, 'pas'] : [verbe];
    const join = (...words: string[]): string => words.filter((word) => word !== '').join(' ');
    return {
      source: join(subject, ...english, determiner, adjective, noun, time),
      target: join(sujet, ...french, agree(article), nom.replace('/', ''), agree(adjectif), moment),
    };
  });
}

await runExample(import.meta.url, OPTIONS, main);
