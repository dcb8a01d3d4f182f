/**
 * Translates Chinese into English with GRUs in two layers.
 *
 * Chinese is written without blanks, so a segmenter finds its words first: the JavaScript engine's own, or
 * jieba. Words that come only once become `<unk>`, and of the others the most frequent stay. This keeps
 * vocabularies small where texts are large.
 *
 *   npm run example -- chinese-english-gru
 *
 *   --train FILE       pairs of your own, source TAB target, instead of sentences that it makes up;
 *                      one in ten is held out
 *   --tokenizer T      segmenter, or jieba, which needs `npm install jieba-wasm`; default segmenter
 *   --examples N       how many sentences it makes up; default 8000
 *   --epochs N         default 8
 *   --seed N           default 1
 */
import {
  adam,
  createRandom,
  jiebaTokenizer,
  recurrentDecoder,
  recurrentEncoder,
  segmenterTokenizer,
  seq2seq,
  Vocab,
  wordTokenizer,
  type Tokenizer,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { choice, commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = {
  ...commonOptions({ examples: 8000, epochs: 8 }),
  tokenizer: choice(['segmenter', 'jieba'], 'segmenter'),
};

async function main(settings: Settings<typeof OPTIONS>): Promise<void> {
  const { train: file, examples, epochs, seed } = settings;
  const chinese = await chineseTokenizer(settings.tokenizer);
  const english = wordTokenizer();
  const pairs = file === undefined ? makeSentences(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);

  await useBackend('auto');
  const limits = { minFrequency: 2, maxSize: 8000 };
  const source = {
    vocab: Vocab.build(
      train.map((pair) => chinese.tokenize(pair.source)),
      limits,
    ),
    tokenizer: chinese,
  };
  const target = {
    vocab: Vocab.build(
      train.map((pair) => english.tokenize(pair.target)),
      limits,
    ),
    tokenizer: english,
  };
  const gru = { cell: 'gru', embeddingSize: 48, layers: 2, dropout: 0.1 } as const;
  const model = seq2seq()
    .source(source)
    .target(target)
    // 48 in each direction: as wide as the decoder.
    .encoder(recurrentEncoder({ ...gru, units: 48, bidirectional: true }))
    .decoder(recurrentDecoder({ ...gru, units: 96, input: ['previous', 'summary'] }))
    .build({ seed });
  console.log(`${train.length} sentences to learn from, ${heldOut.length} held out.`);
  console.log(`Vocabularies: ${source.vocab.size} Chinese words, ${target.vocab.size} English ones.\n`);

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

  console.log();
  for (const { source: sentence, target: reference } of heldOut.slice(0, 8)) {
    const [best] = await model.generate(sentence);
    console.log(`  ${chinese.tokenize(sentence).join(' ')}`);
    console.log(`    ${best?.text} ${best?.text === reference ? '✓' : `✗ ${reference}`}`);
  }
  const { exactMatch, bleu } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nBLEU ${bleu.toFixed(1)}`);
  console.log(`held-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Finds the words of Chinese text. */
async function chineseTokenizer(name: 'segmenter' | 'jieba'): Promise<Tokenizer> {
  return name === 'jieba' ? jiebaTokenizer(await import('jieba-wasm')) : segmenterTokenizer({ locale: 'zh' });
}

const PEOPLE = `我=I 你=you 他=he 她=she 我们=we 他们=they 老师=the_teacher 医生=the_doctor 我妈妈=my_mother 她爸爸=her_father
  我们的朋友=our_friend`;
const PLACES = `学校=at_school 家里=at_home 图书馆=in_the_library 公园=in_the_park 北京=in_Beijing
  市场=at_the_market 饭店=at_the_restaurant`;
/**
 * What is done, the word that counts the things, and the thing. The English plural stands there where it is
 * not formed by an s.
 */
const THINGS = `买:本:书=buy:bought:book 看:部:电影=watch:watched:film 喝:杯:茶=drink:drank:cup_of_tea:cups_of_tea
  吃:个:苹果=eat:ate:apple 写:封:信=write:wrote:letter 画:幅:画=paint:painted:picture 卖:辆:汽车=sell:sold:car
  唱:首:歌=sing:sang:song 借:本:词典=borrow:borrowed:dictionary:dictionaries`;
const NUMBERS = '一=one 两=two 三=three 四=four 五=five 十=ten';

/**
 * Such as 昨天老师在北京买了三本书。 "The teacher bought three books in Beijing yesterday." Chinese says
 * when and where before what, counts with a measure word for each kind of thing, and marks what is done by 了.
 * Only English inflects.
 */
function makeSentences(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pick = (words: string): [chinese: string, english: string] => {
    const list = words.split(/\s+/);
    const [chinese = '', english = ''] = (list[random.integer(list.length)] ?? '').split('=');
    return [chinese, english.replaceAll('_', ' ')];
  };
  return Array.from({ length: count }, () => {
    const [who, subject] = pick(PEOPLE);
    const [where, place] = pick(PLACES);
    const [many, number] = pick(NUMBERS);
    const [thing, translation] = pick(THINGS);
    const [verb = '', measure = '', noun = ''] = thing.split(':');
    const [present = '', past = '', object = '', objects = `${object}s`] = translation.split(':');
    const s = /^(he|she|the|my|her|our)\b/.test(subject) ? 's' : '';
    const counted = number === 'one' ? object : objects;
    const [source, target] = [
      [
        `昨天${who}在${where}${verb}了${many}${measure}${noun}。`,
        `${subject} ${past} ${number} ${counted} ${place} yesterday.`,
      ],
      [
        `明天${who}会在${where}${verb}${many}${measure}${noun}。`,
        `${subject} will ${present} ${number} ${counted} ${place} tomorrow.`,
      ],
      [
        `${who}每天在${where}${verb}${many}${measure}${noun}。`,
        `every day ${subject} ${present}${s} ${number} ${counted} ${place}.`,
      ],
      [`${who}没有在${where}${verb}${noun}。`, `${subject} did not ${present} any ${objects} ${place}.`],
      [
        `明天${who}会在${where}${verb}${noun}吗？`,
        `will ${subject} ${present} any ${objects} ${place} tomorrow?`,
      ],
    ][random.integer(5)] as [string, string];
    return { source, target };
  });
}

await runExample(import.meta.url, OPTIONS, main);
