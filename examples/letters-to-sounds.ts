/**
 * Turns the spelling of a word into its sounds: "gethick" into JH EH TH IH K.
 *
 * The words are made up. They sound as a small set of English spelling rules says: soft c and g, silent e,
 * digraphs, doubled letters. So the sound of a letter depends on its neighbours.
 *
 *   npm run example -- letters-to-sounds
 *
 *   --train FILE       words of your own: spelling TAB phonemes with blanks between them;
 *                      every tenth is held out
 *                      (the CMU Pronouncing Dictionary becomes such a file by putting a tab after each word)
 *   --examples N       how many words it makes up; default 6000
 *   --epochs N         default 6
 *   --seed N           default 1
 */
import {
  adam,
  beam,
  charTokenizer,
  createRandom,
  linearBridge,
  luongAttention,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  whitespaceTokenizer,
  wordErrorRate,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, readTsv, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { holdOut } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 6000, epochs: 6 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const words = file === undefined ? makeWords(examples, seed) : await readWords(file);
  if (words.length < 10)
    throw new Error(`There must be ten different words or more; there are ${words.length}.`);
  const { train, heldOut } = holdOut(words, 1000);

  await useBackend('auto');
  const letters = charTokenizer({ lowercase: true });
  const phonemes = whitespaceTokenizer();
  const model = seq2seq()
    .source({ vocab: Vocab.build(train.map((word) => letters.tokenize(word.source))), tokenizer: letters })
    .target({ vocab: Vocab.build(train.map((word) => phonemes.tokenize(word.target))), tokenizer: phonemes })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, embeddingSize: 32, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(luongAttention({ score: 'general' }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 128, embeddingSize: 32 }))
    .build({ seed });
  console.log(`${train.length} words to learn from, ${heldOut.length} held out.`);

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

  const found = await model.generateBatch(
    heldOut.map((word) => word.source),
    beam({ width: 3 }),
  );
  const spoken = found.map(([best]) => best?.text ?? '');
  console.log();
  for (const [i, { source, target }] of heldOut.slice(0, 12).entries())
    console.log(
      `  ${source.padEnd(16)} ${(spoken[i] ?? '').padEnd(30)} ${spoken[i] === target ? '✓' : `✗ ${target}`}`,
    );
  const right = heldOut.filter(({ target }, i) => spoken[i] === target).length;
  const { rate } = wordErrorRate(
    spoken,
    heldOut.map((word) => word.target),
  );
  model.dispose();
  console.log(`\n${right} of ${heldOut.length} held-out words are right as a whole.`);
  console.log(`held-out phoneme error rate: ${rate.toFixed(3)}`);
}

/** Different words of one to three syllables. */
function makeWords(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const draw = (letters: string): string => {
    const choices = letters.split(' ');
    return choices[random.integer(choices.length)] ?? '';
  };
  const spellings = Array.from({ length: count }, () => {
    const syllables = Array.from({ length: random.integer(3) }, () => draw(MIDDLES) + draw(VOWELS));
    return draw(ONSETS) + draw(VOWELS) + syllables.join('') + draw(ENDS);
  });
  return [...new Set(spellings)].map((source) => ({ source, target: pronounce(source) }));
}

// The letters of syllables: what stands more often is drawn more often.
const ONSETS = 'b c c ch cl d dr f g g gr h j k kn l m n p ph qu r s sh sl st t th tr v w wr y z';
const VOWELS = 'a a a e e e i i i o o o u u ai ar aw ea ee er igh oa oi oo or ou y';
const MIDDLES = 'b bb c c ck d dd f g g l ll m mm n nd ng nk pp ph qu r s s sh ss st t tt th v x z';
const ENDS =
  'ck dge ff ge ll me mp n nd ne nk ng pe rt s sh ss te tch tion th x ze ted ned ked ning ping cing gy ny ly';

/**
 * How letters sound: a pattern, then its sounds, none where it is silent. The first pattern that fits at a
 * place counts. `(?=…)` looks at the letters after it, `(?<=…)` at those before.
 */
const RULES = String.raw`
  ([bcdfgklmnprstz])(?=\1); (?<=[aeiouy].*[^aeiouy])e$; d(?=ge$)
  ^kn N; ^wr R; tion SH AH N; tch|ch CH; sh SH; th TH; ph F; ck K; qu K W; x K S; igh AY
  ng$ NG; ng(?=[^aeiouy]) NG; n(?=[kx]) NG
  (?<=[td])ed$ IH D; (?<=[ckpsfxh])ed$ T; (?<=[^aeiouy])ed$ D
  ai|ay EY; ar AA R; aw AO; ea|ee IY; er ER; oa OW; oi OY; oo UW; or AO R; ou AW
  a(?=[^aeiouwxy]e$) EY; e(?=[^aeiouwxy]e$) IY; i(?=[^aeiouwxy]e$) AY; o(?=[^aeiouwxy]e$) OW
  u(?=[^aeiouwxy]e$) UW
  c(?=[eiy]) S; g(?=[eiy]) JH; (?<=[aeiouy])s(?=[aeiouy]) Z; (?<=^|[aeiou])y(?=[aeiou]) Y; y$ IY
  a AE; e EH; i IH; o AA; u AH; y IH; b B; c K; d D; f F; g G; h HH; j JH; k K; l L; m M; n N; p P; r R; s S
  t T; v V; w W; z Z`
  .split(/[;\n]/)
  .map((rule) => rule.trim().split(/ (.*)/))
  .filter(([letters]) => letters !== '')
  .map(([letters = '', sounds = '']) => ({ letters: new RegExp(letters, 'y'), sounds }));

function pronounce(word: string): string {
  const spoken: string[] = [];
  for (let place = 0; place < word.length;) {
    const rule = RULES.find(({ letters }) => {
      letters.lastIndex = place;
      return letters.test(word);
    });
    if (rule === undefined) throw new Error(`No rule says how ${word.slice(place)} sounds.`);
    spoken.push(rule.sounds);
    place = rule.letters.lastIndex;
  }
  return spoken.filter((sounds) => sounds !== '').join(' ');
}

/** The words of a file; of a word that comes twice the first pronunciation counts. */
async function readWords(file: string): Promise<TextPair[]> {
  const words = new Map<string, TextPair>();
  for await (const word of readTsv(file)) if (!words.has(word.source)) words.set(word.source, word);
  return [...words.values()];
}

await runExample(import.meta.url, OPTIONS, main);
