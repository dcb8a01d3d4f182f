/**
 * Writes Japanese in kana from its spelling in Latin letters: "kyouto" becomes きょうと.
 *
 * Which kana a letter becomes depends on its neighbours alone, so the encoder has no recurrence. Stacked
 * convolutions see three letters each, and more of them layer by layer, all positions at once. They know no
 * order beyond their reach, so positions are encoded too. The recurrent decoder's attention then walks along
 * the letters.
 *
 *   npm run example -- convolutional-encoder
 *
 *   --train FILE       pairs of your own, source TAB target, instead of words that it makes up;
 *                      one in ten is held out
 *   --examples N       how many words it makes up; default 6000
 *   --epochs N         default 5
 *   --seed N           default 1
 */
import {
  adam,
  bahdanauAttention,
  charTokenizer,
  convolutionalEncoder,
  createRandom,
  linearBridge,
  recurrentDecoder,
  seq2seq,
  Vocab,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 6000, epochs: 5 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeWords(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);

  await useBackend('auto');
  const tokenizer = charTokenizer();
  const vocabOf = (side: keyof TextPair): Vocab =>
    Vocab.build(train.map((pair) => tokenizer.tokenize(pair[side])));
  const model = seq2seq()
    .source({ vocab: vocabOf('source'), tokenizer })
    .target({ vocab: vocabOf('target'), tokenizer })
    .encoder(convolutionalEncoder({ units: 64, layers: 3, kernelSize: 3, positions: 'sinusoidal' }))
    .bridge(linearBridge()) // makes the decoder's first state of the mean over all positions
    .attention(bahdanauAttention({ units: 64 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 32 }))
    .build({ seed });
  console.log(`${train.length} words to learn from, ${heldOut.length} held out.\n`);

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
  const places = ['toukyou', 'kyouto', 'sapporo', 'hokkaidou', 'shinjuku', 'kagoshima'];
  const shown = file === undefined ? places : heldOut.slice(0, 6).map((pair) => pair.source);
  const found = await model.generateBatch(shown);
  shown.forEach((source, i) => console.log(`  ${source} → ${found[i]?.[0]?.text}`));
  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Rows of the kana table: a consonant, and its syllables with a, i, u, e and o. */
const ROWS =
  `=あいうえお k=かきくけこ s=さしすせそ t=たちつてと n=なにぬねの h=はひふへほ m=まみむめも r=らりるれろ g=がぎぐげご
  z=ざじずぜぞ d=だ--でど b=ばびぶべぼ p=ぱぴぷぺぽ y=や-ゆ-よ w=わ----`.split(/\s+/);
const GLIDES = 'ky=き gy=ぎ sh=し j=じ ch=ち ny=に hy=ひ by=び py=ぴ my=み ry=り'.split(' ');
/** Where Hepburn's spelling, made for English readers, leaves the table. */
const HEPBURN: Readonly<Record<string, string>> = { si: 'shi', ti: 'chi', tu: 'tsu', hu: 'fu', zi: 'ji' };

/** Every syllable in Latin letters and in kana. */
const SYLLABLES = [
  ...ROWS.flatMap((row) => {
    const [consonant = '', kana = ''] = row.split('=');
    return Array.from(kana, (letter, i) => [consonant + 'aiueo'.charAt(i), letter] as const);
  }),
  ...GLIDES.flatMap((row) => {
    const [consonant = '', kana = ''] = row.split('=');
    return Array.from('ゃゅょ', (small, i) => [consonant + 'auo'.charAt(i), kana + small] as const);
  }),
].filter(([, kana]) => kana !== '-');

/** Words of two to six syllables, such as kippunyo, きっぷにょ. */
function makeWords(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const word = { source: '', target: '' };
    const length = 2 + random.integer(5);
    for (let i = 0; i < length; i++) {
      const [plain, kana] = SYLLABLES[random.integer(SYLLABLES.length)] ?? ['', ''];
      const latin = HEPBURN[plain] ?? plain;
      const chance = i > 0 ? random.next() : 0.5;
      // A doubled consonant is a small っ, an n that ends a syllable is ん. The letter after shows both.
      const doubled = chance < 0.15 && /^[kstp]/.test(latin);
      const nasal = chance > 0.85 && /^[^aiueony]/.test(latin);
      word.source += (doubled ? latin.charAt(0) : nasal ? 'n' : '') + latin;
      word.target += (doubled ? 'っ' : nasal ? 'ん' : '') + kana;
    }
    return word;
  });
}

await runExample(import.meta.url, OPTIONS, main);
