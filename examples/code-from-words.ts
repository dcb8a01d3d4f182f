/**
 * Writes code for spoken arithmetic: "three plus the product of two and nine" becomes 3 + (2 * 9).
 *
 * The model learns a grammar from examples alone. Brackets open and close, numbers are put together, and
 * operands change places: "nine less than x" is x - 9.
 *
 *   npm run example -- code-from-words
 *
 *   --train FILE       pairs of your own, words TAB code, one pair a line; every tenth is held out
 *   --examples N       how many expressions it makes up; default 6000
 *   --epochs N         default 5
 *   --seed N           default 1
 */
import {
  adam,
  bahdanauAttention,
  createRandom,
  customTokenizer,
  linearBridge,
  recurrentDecoder,
  recurrentEncoder,
  seq2seq,
  Vocab,
  whitespaceTokenizer,
  type Random,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { progressBar, type TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { distinctSources, holdOut, readPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 6000, epochs: 5 });

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeExpressions(examples, seed) : distinctSources(await readPairs(file));
  if (pairs.length < 10)
    throw new Error(`There must be ten different pairs or more; there are ${pairs.length}.`);
  const { train, heldOut } = holdOut(pairs);

  await useBackend('auto');
  const words = whitespaceTokenizer();
  const code = customTokenizer({
    name: 'code',
    // A number is spelt digit by digit.
    tokenize: (text) => text.match(/\p{L}+| ?[^\s\p{L}\d()[\]{}]+ ?|\s|./gu) ?? [],
    detokenize: (tokens) => tokens.join(''),
  });
  const model = seq2seq()
    .source({ vocab: Vocab.build(train.map((pair) => words.tokenize(pair.source))), tokenizer: words })
    .target({ vocab: Vocab.build(train.map((pair) => code.tokenize(pair.target))), tokenizer: code })
    .encoder(recurrentEncoder({ cell: 'gru', units: 64, embeddingSize: 48, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 64 }))
    .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 48 }))
    .build({ seed });
  console.log(`${train.length} expressions to learn from, ${heldOut.length} held out.`);

  const bar = progressBar();
  const steps = epochs * Math.ceil(train.length / 64);
  await model.fit(train, {
    epochs,
    batchSize: 64,
    // The learning rate falls to 0 in the second half.
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 - (2 * step) / steps) }),
    seed,
    onStep: bar.update,
  });
  bar.finish();

  for (const { source, target } of heldOut.slice(0, 10)) {
    const [best] = await model.generate(source);
    console.log(`\n  ${source}\n  ${best?.text} ${best?.text === target ? '✓' : `✗ ${target}`}`);
  }
  const { exactMatch } = await model.evaluate(heldOut);
  model.dispose();
  console.log(`\nheld-out exact match: ${exactMatch.toFixed(3)}`);
}

/** Different expressions of one to four operations. */
function makeExpressions(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const expressions = Array.from({ length: count }, () => draw(random, 1 + random.integer(4), true));
  return [...new Map(expressions.map((pair) => [pair.source, pair])).values()];
}

/**
 * Ways to say an operation. A stands for a number or a name alone, so that "two times three plus four" has
 * one meaning. B and C stand for any expression.
 */
const WAYS: readonly (readonly [words: string, code: string])[] = [
  ['A plus B', 'A + B'],
  ['A minus B', 'A - B'],
  ['A times B', 'A * B'],
  ['A over B', 'A / B'],
  ['A less than B', 'B - A'],
  ['the sum of B and C', 'B + C'],
  ['the difference between B and C', 'B - C'],
  ['the product of B and C', 'B * C'],
  ['the quotient of B and C', 'B / C'],
  ['twice B', '2 * B'],
  ['half of B', 'B / 2'],
  ['the square of B', 'B ** 2'],
];

/** An expression of `operations` operations; all but the outermost stand in brackets. */
function draw(random: Random, operations: number, outermost = false): TextPair {
  if (operations === 0) return drawOperand(random);
  const [words, code] = WAYS[random.integer(WAYS.length)] ?? ['', ''];
  const left = words.includes('C') ? random.integer(operations) : operations - 1;
  const [a, b, c] = [drawOperand(random), draw(random, left), draw(random, operations - 1 - left)];
  const fill = (text: string, side: keyof TextPair): string =>
    text.replace(/[ABC]/g, (letter) => ({ A: a, B: b, C: c })[letter]![side]);
  const target = fill(code, 'target');
  return { source: fill(words, 'source'), target: outermost ? target : `(${target})` };
}

const ONES = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
  sixteen seventeen eighteen nineteen`.split(/\s+/);
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A number from 1 to 99, or a name. */
function drawOperand(random: Random): TextPair {
  if (random.next() < 0.25) {
    const name = 'xyz'[random.integer(3)] ?? '';
    return { source: name, target: name };
  }
  const number = 1 + random.integer(random.next() < 0.5 ? 9 : 99);
  const [ten, one] = [TENS[Math.floor(number / 10) - 2], ONES[number % 10] ?? ''];
  const source = ten === undefined ? (ONES[number] ?? '') : number % 10 === 0 ? ten : `${ten} ${one}`;
  return { source, target: String(number) };
}

await runExample(import.meta.url, OPTIONS, main);
