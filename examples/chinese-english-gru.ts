/**
 * Translates Chinese into English with GRUs in two layers.
 *
 * Chinese is written without blanks, so a segmenter finds its words first: the JavaScript engine's own, or jieba. Words that
 * come but once become `<unk>`, and of the others the most frequent stay, which keeps vocabularies small where texts are large.
 *
 *   npm run example -- chinese-english-gru
 *
 *   --train FILE       pairs of your own, source TAB target, instead of sentences that it makes up; one in ten is held out
 *   --tokenizer T      segmenter, or jieba, which needs `npm install jieba-wasm`; default segmenter
 *   --examples N       how many sentences it makes up; default 8000
 *   --epochs N         default 8
 *   --seed N           default 1
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
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
import { progressBar, readTsv, type TextPair } from 'tfjs-seq2seq/node';

async function main(): Promise<void> {
  const settings = readSettings();
  if (settings === null) return;
  const { examples, epochs, seed } = settings;
  const chinese = await chineseTokenizer(settings.tokenizer);
  const english = wordTokenizer();
  const { train, heldOut } = split(
    settings.train === undefined ? makeSentences(examples, seed) : await readPairs(settings.train),
  );

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
    .encoder(recurrentEncoder({ ...gru, units: 48, bidirectional: true })) // 48 in each direction: as wide as the decoder
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
async function chineseTokenizer(name: string): Promise<Tokenizer> {
  if (name === 'segmenter') return segmenterTokenizer({ locale: 'zh' });
  if (name === 'jieba') return jiebaTokenizer(await import('jieba-wasm'));
  throw new Error(`--tokenizer is ${name}; it can be segmenter or jieba.`);
}

const PEOPLE = `我=I 你=you 他=he 她=she 我们=we 他们=they 老师=the_teacher 医生=the_doctor 我妈妈=my_mother 她爸爸=her_father
  我们的朋友=our_friend`;
const PLACES = `学校=at_school 家里=at_home 图书馆=in_the_library 公园=in_the_park 北京=in_Beijing 市场=at_the_market 饭店=at_the_restaurant`;
/** What is done, the word that counts it, and it; in English the plural stands there where it is not formed by an s. */
const THINGS = `买:本:书=buy:bought:book 看:部:电影=watch:watched:film 喝:杯:茶=drink:drank:cup_of_tea:cups_of_tea
  吃:个:苹果=eat:ate:apple 写:封:信=write:wrote:letter 画:幅:画=paint:painted:picture 卖:辆:汽车=sell:sold:car
  唱:首:歌=sing:sang:song 借:本:词典=borrow:borrowed:dictionary:dictionaries`;
const NUMBERS = '一=one 两=two 三=three 四=four 五=five 十=ten';

/**
 * Such as 昨天老师在北京买了三本书。 "The teacher bought three books in Beijing yesterday." Chinese says when and where before
 * what, counts with a measure word for each kind of thing, and marks what is done by 了; only English inflects.
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
      examples: { type: 'string', default: '8000' },
      epochs: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      tokenizer: { type: 'string', default: 'segmenter' },
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
  return { train: values.train, ...numbers, tokenizer: values.tokenizer };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
