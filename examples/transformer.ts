/**
 * Translates English into German with a transformer.
 *
 * In German, words that belong together stand apart: "she wants to open the door" is "sie will die Tür
 * öffnen", and "I know that he sees the dog" ends with its verb, "ich weiß, dass er den Hund sieht". Each
 * layer looks at all positions at once, so distance costs it nothing. Its learning rate rises first, then
 * falls.
 *
 *   npm run example -- transformer
 *
 *   --train FILE       pairs of your own, source TAB target, instead of sentences that it makes up;
 *                      one in ten is held out
 *   --examples N       how many sentences it makes up; default 8000
 *   --epochs N         default 4
 *   --seed N           default 1
 */
import {
  adam,
  createRandom,
  crossEntropy,
  seq2seq,
  transformerDecoder,
  transformerEncoder,
  Vocab,
  wordTokenizer,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 8000, epochs: 4 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeSentences(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);

  await useBackend('auto');
  const tokenizer = wordTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  // Much data would want dropout.
  const size = { width: 64, heads: 4, feedForward: 128, layers: 2, dropout: 0 } as const;
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(transformerEncoder(size))
    .decoder(transformerDecoder(size)) // brings its own attention, and needs no bridge
    .build({ seed });
  console.log(`${train.length} sentences to learn from, ${heldOut.length} held out.\n`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 32);
  const warmup = steps / 10;
  await model.fit(train, {
    epochs,
    batchSize: 32,
    bucketByLength: true,
    optimizer: adam({
      learningRate: (step) => 3e-3 * Math.min((step + 1) / warmup, (steps - step) / (steps - warmup)),
    }),
    loss: crossEntropy({ labelSmoothing: 0.05 }),
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

/** A person in English, then in German. */
const PEOPLE = `he=er she=sie the_boy=der_Junge the_girl=das_Mädchen my_aunt=meine_Tante
  our_teacher=unsere_Lehrerin the_king=der_König nobody=niemand`;
/**
 * What is done: its form without an ending, then in German the infinitive and the form for "he".
 * "|" stands where a German verb parts.
 */
const VERBS = `see=sehen:sieht find=finden:findet take_along=mitnehmen:nimmt|mit look_at=ansehen:sieht|an
  open=öffnen:öffnet sell=verkaufen:verkauft put_away=weglegen:legt|weg bring_back=zurückbringen:bringt|zurück
  hold=halten:hält buy=kaufen:kauft`;
const DETERMINERS = 'the=den,die,das a=einen,eine,ein his=seinen,seine,sein this=diesen,diese,dieses';
/** Masculine 0, feminine 1, neuter 2. */
const NOUNS = `letter=Brief0 key=Schlüssel0 coat=Mantel0 ring=Ring0 lamp=Lampe1 door=Tür1 bag=Tasche1
  watch=Uhr1 book=Buch2 picture=Bild2 glass=Glas2 window=Fenster2`;
const TIMES = 'today=heute tomorrow=morgen at_night=nachts often=oft';

/** Statements, wishes, subordinate clauses and questions; German changes the order of words in each. */
function makeSentences(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (words: string): [english: string, german: string] => {
    const list = words.split(/\s+/);
    const [english = '', german = ''] = (list[random.integer(list.length)] ?? '')
      .replaceAll('_', ' ')
      .split('=');
    return [english, german];
  };
  return Array.from({ length: count }, () => {
    const [subject, wer] = pick(PEOPLE);
    const [verb, tun] = pick(VERBS);
    const [infinitive = '', finite = ''] = tun.split(':');
    const [stem = '', prefix = ''] = finite.split('|');
    const [determiner, article] = pick(DETERMINERS);
    const [noun, nomen] = pick(NOUNS);
    const [time, wann] = pick(TIMES);
    const [first = '', ...rest] = verb.split(' ');
    const does = [`${first}s`, ...rest].join(' ');
    const object = `${determiner} ${noun}`;
    const was = `${article.split(',')[Number(nomen.at(-1))]} ${nomen.slice(0, -1)}`;
    const apart = prefix === '' ? '' : ` ${prefix}`;
    const [source, target] = [
      [`${subject} ${does} ${object} ${time}.`, `${wer} ${stem} ${wann} ${was}${apart}.`],
      [`${time} ${subject} ${does} ${object}.`, `${wann} ${stem} ${wer} ${was}${apart}.`],
      [`${subject} wants to ${verb} ${object} ${time}.`, `${wer} will ${wann} ${was} ${infinitive}.`],
      [
        `I know that ${subject} ${does} ${object} ${time}.`,
        `ich weiß, dass ${wer} ${wann} ${was} ${prefix}${stem}.`,
      ],
      [`does ${subject} ${verb} ${object} ${time}?`, `${stem} ${wer} ${wann} ${was}${apart}?`],
    ][random.integer(5)] as [string, string];
    return { source, target };
  });
}

await runExample(import.meta.url, OPTIONS, main);
