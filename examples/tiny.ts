/**
 * The whole in one sitting: encoder, attention, decoder, loss and greedy search, to read from top to bottom.
 *
 * It reads the clock, "14:35", and says the time, "twenty five to three in the afternoon". It is made of
 * operations alone: no block, no builder, no `fit`, no strategy. The model is that of Luong et al. 2015,
 * "Effective Approaches to Attention-based Neural Machine Translation", with the GRU of Cho et al. 2014.
 *
 *   npm run example -- tiny
 *
 *   --train FILE       pairs of your own, source TAB target, instead of times; one in ten is held out
 *   --examples N       how many of the 1,440 times of a day it takes; default 1440
 *   --epochs N         default 20
 *   --seed N           default 1
 */
import * as tf from '@tensorflow/tfjs-core';
import { embeddingLookup, linear, maskedSoftmax, recurrentSequence, softmaxCrossEntropy } from 'tfjs-seq2seq';
import { createParameters, createRandom, normalInitializer, uniformInitializer } from 'tfjs-seq2seq';
import { adam, batches, computeGradients, padSequences, Vocab } from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import type { TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 1440, epochs: 20 });

// THE TASK. Minutes stand last in "14:35" and first in "twenty five to three in the afternoon". After half
// past, the next hour is named. Source and target share neither length nor order nor alphabet.
const NUMBERS = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen quarter
  sixteen seventeen eighteen nineteen twenty`.split(/\s+/);

function sayTime(hour: number, minute: number): string {
  const [link, count, named] = minute > 30 ? ['to', 60 - minute, (hour + 1) % 24] : ['past', minute, hour];
  const part = named < 12 ? 'in the morning' : named < 18 ? 'in the afternoon' : 'in the evening';
  const place = named === 0 ? 'midnight' : named === 12 ? 'noon' : `${NUMBERS[named % 12]} ${part}`;
  if (count === 0) return place;
  const minutes = count === 30 ? 'half' : count > 20 ? `twenty ${NUMBERS[count - 20]}` : NUMBERS[count];
  return `${minutes} ${link} ${place}`;
}

/** Times of a day in random order, none of them twice. */
function makeTimes(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const times = Array.from({ length: 1440 }, (_, time) => ({ time, key: random.next() }));
  times.sort((a, b) => a.key - b.key);
  return times.slice(0, count).map(({ time }) => {
    const [hour, minute] = [Math.floor(time / 60), time % 60];
    return { source: `${hour}:${String(minute).padStart(2, '0')}`, target: sayTime(hour, minute) };
  });
}

// TEXT BECOMES NUMBERS. The source is read letter by letter, the target is written word by word. Each letter
// and each word has an id. Sequences of different lengths are padded to one length; a mask says what is real.
const letters = (text: string): string[] => [...text];
const words = (text: string): string[] => text.split(' ');

/** A pair as ids. */
type Example = { readonly source: number[]; readonly target: number[] };
/** One side of many: `ids` `[batch, time]` int32, and `mask` `[batch, time]` float32, 1 = real. */
type Padded = { readonly ids: tf.Tensor2D; readonly mask: tf.Tensor2D };

// THE WEIGHTS are all that is learnt. Their names are those of the papers.
const [UNITS, EMBEDDING, BATCH] = [64, 24, 16];
type Weights = ReturnType<typeof makeWeights>;
function makeWeights(letterCount: number, wordCount: number, seed: number) {
  const [parameters, random] = [createParameters('tiny'), createRandom(seed)];
  const [uniform, normal] = [uniformInitializer(random, 1 / Math.sqrt(UNITS)), normalInitializer(random, 1)];
  const matrix = (name: string, rows: number, columns: number, draw = uniform): tf.Variable<tf.Rank.R2> =>
    parameters.add(name, [rows, columns], draw);
  const vector = (name: string, size: number): tf.Variable<tf.Rank.R1> =>
    parameters.add(name, [size], uniform);
  const cell = (name: string) => ({
    W: matrix(`${name}.W`, 3 * UNITS, EMBEDDING), // what each of the three gates takes from the input
    bW: vector(`${name}.bW`, 3 * UNITS),
    U: matrix(`${name}.U`, 3 * UNITS, UNITS), // … and from the state before
    bU: vector(`${name}.bU`, 3 * UNITS),
  });
  return {
    parameters,
    letters: matrix('letters', letterCount, EMBEDDING, normal), // a row for each letter
    words: matrix('words', wordCount, EMBEDDING, normal), // a row for each word
    encoder: cell('encoder'),
    decoder: cell('decoder'),
    Wa: matrix('Wa', UNITS, UNITS), // how a state of the decoder is compared with one of the encoder
    Wc: matrix('Wc', UNITS, 2 * UNITS), // what context and state say together
    Ws: matrix('Ws', wordCount, UNITS), // what speaks for each word
  };
}

/** A GRU over `[batch, time, EMBEDDING]` (Cho et al. 2014, eq. 5 to 8). Padding leaves its state as it is. */
function runGru(cell: Weights['encoder'], x: tf.Tensor3D, mask: tf.Tensor2D, h: tf.Tensor2D) {
  const projected = linear(x, cell.W, cell.bW); // [batch, time, 3 * UNITS]
  const inputs = { projected, mask, initial: { h }, weight: cell.U, bias: cell.bU };
  return recurrentSequence(inputs, { cell: 'gru' });
}

// THE ENCODER reads the source. It leaves a vector for each letter, the memory, and the state it ends with.
type Source = ReturnType<typeof encode>;
function encode(weights: Weights, { ids, mask }: Padded) {
  const x = embeddingLookup(weights.letters, ids) as tf.Tensor3D; // [batch, letters, EMBEDDING]
  const { output, state } = runGru(weights.encoder, x, mask, tf.zeros([ids.shape[0], UNITS]));
  return { memory: output, mask, h: state.h }; // [batch, letters, UNITS], [batch, letters], [batch, UNITS]
}

// ATTENTION compares each state of the decoder with the whole memory. The better a position fits, the more of
// it goes into the context, a weighted mean of the memory.
function attend(weights: Weights, states: tf.Tensor3D, { memory, mask }: Source): tf.Tensor3D {
  const scores = tf.matMul(states, linear(memory, weights.Wa), false, true); // [batch, words, letters], eq. 8
  const allowed = tf.expandDims(mask, 1); // [batch, 1, letters]: nobody looks at padding
  const attention = maskedSoftmax(scores, allowed); // eq. 7: each row sums to 1
  return tf.matMul(attention, memory) as tf.Tensor3D; // the context, [batch, words, UNITS]
}

// THE DECODER reads the words so far, and scores every word as the next one. It takes a whole sentence, or a
// single word and the state before it: one function serves training and search.
function decode(weights: Weights, { ids, mask }: Padded, before: tf.Tensor2D, source: Source) {
  const x = embeddingLookup(weights.words, ids) as tf.Tensor3D; // [batch, words, EMBEDDING]
  const { output, state } = runGru(weights.decoder, x, mask, before); // [batch, words, UNITS]
  const both = tf.concat([attend(weights, output, source), output], 2); // [batch, words, 2 * UNITS]
  const attentional = tf.tanh(linear(both, weights.Wc)); // [batch, words, UNITS], eq. 5
  return { logits: linear(attentional, weights.Ws), h: state.h }; // [batch, words, vocabulary], for eq. 6
}

// THE LOSS says how much each right word surprises the model, given those before it (teacher forcing).
function loss(weights: Weights, batch: readonly Example[], vocab: Vocab): tf.Scalar {
  const source = encode(weights, padSequences(batch.map((pair) => pair.source)));
  const read = padSequences(batch.map((pair) => [vocab.sosId, ...pair.target])); // <sos> half past nine
  const right = padSequences(batch.map((pair) => [...pair.target, vocab.eosId])); // half past nine <eos>
  const { logits } = decode(weights, read, source.h, source); // the decoder starts where the encoder ended
  return softmaxCrossEntropy({
    logits: tf.reshape(logits, [-1, vocab.size]), // [batch * words, vocabulary]
    targets: tf.reshape(right.ids, [-1]),
    mask: tf.reshape(right.mask, [-1]), // padding counts for nothing
  });
}

// GREEDY SEARCH. Now nobody says what is right: each step reads the word that it found most probable before.
function search(weights: Weights, sources: readonly number[][], vocab: Vocab): number[][] {
  const found: number[][] = sources.map(() => []);
  tf.tidy(() => {
    const source = encode(weights, padSequences(sources));
    const mask = tf.ones<tf.Rank.R2>([sources.length, 1]);
    let [ids, h] = [tf.fill<tf.Rank.R2>([sources.length, 1], vocab.sosId, 'int32'), source.h];
    for (let length = 0; length < 40 && found.some((row) => row.at(-1) !== vocab.eosId); length++) {
      const step = decode(weights, { ids, mask }, h, source);
      [ids, h] = [tf.argMax<tf.Tensor2D>(step.logits, 2), step.h]; // [batch, 1]
      for (const [row, id] of ids.dataSync().entries())
        if (found[row]!.at(-1) !== vocab.eosId) found[row]!.push(id);
    }
  });
  return found.map((row) => row.filter((id) => id !== vocab.eosId));
}

// ALL TOGETHER: learn from nine pairs in ten, then answer the tenth, which was never seen.
async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeTimes(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);
  console.log(`${train.length} pairs to learn from, ${heldOut.length} held out.\n`);
  const letterVocab = Vocab.build(train.map((pair) => letters(pair.source)));
  const wordVocab = Vocab.build(train.map((pair) => words(pair.target)));
  const read = (pair: TextPair): number[] => letterVocab.encode(letters(pair.source));
  const data = train.map((pair) => ({ source: read(pair), target: wordVocab.encode(words(pair.target)) }));

  await useBackend('wasm');
  const tensorsBefore = tf.memory().numTensors;
  const weights = makeWeights(letterVocab.size, wordVocab.size, seed);
  const variables = weights.parameters.all();
  const steps = epochs * Math.ceil(data.length / BATCH);
  const optimizer = adam({ learningRate: (step) => 1e-2 * (1 - step / steps) });
  let state = optimizer.init(variables);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let total = 0;
    for (const batch of batches(data, { batchSize: BATCH, seed: seed + epoch })) {
      const step = computeGradients(() => loss(weights, batch, wordVocab), variables);
      state = optimizer.update(variables, step.gradients, state);
      total += (await step.loss.data())[0]! * batch.length;
      tf.dispose([step.loss, ...Object.values(step.gradients)]);
    }
    console.log(`epoch ${epoch}/${epochs}  loss ${(total / data.length).toFixed(4)}`);
  }

  const found = search(weights, heldOut.map(read), wordVocab);
  weights.parameters.dispose();
  for (const moments of Object.values(state.slots)) tf.dispose(Object.values(moments));
  if (tf.memory().numTensors > tensorsBefore) throw new Error('A tensor was made and never disposed of.');

  const answers = found.map((ids) => wordVocab.decode(ids).join(' '));
  const right = heldOut.filter(({ target }, i) => answers[i] === target).length;
  console.log();
  for (const [i, { source, target }] of heldOut.slice(0, 8).entries())
    console.log(`  ${source.padStart(5)}  ${answers[i]} ${answers[i] === target ? '✓' : `✗ ${target}`}`);
  console.log(`\nheld-out exact match: ${(right / heldOut.length).toFixed(3)}`);
}

await runExample(import.meta.url, OPTIONS, main);
