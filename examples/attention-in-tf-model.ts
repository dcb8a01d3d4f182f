/**
 * Puts layers of this library into a model of tfjs-layers, trains it with `model.fit`, saves and loads it.
 *
 * It reads a story of who is where, and answers a question about one of the people. A GRU in each direction
 * reads. An attention then looks back at the words. A second model with the same layers shows which word it
 * looked at. The rest is plain TensorFlow.js.
 *
 *   npm run example -- attention-in-tf-model
 *
 *   --train FILE       texts of your own to classify: text TAB label, one pair a line;
 *                      every tenth is held out
 *   --examples N       how many stories it makes up; default 4000
 *   --epochs N         default 10
 *   --seed N           default 1
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reshape, tensor1d, tidy, train as optimizers, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  loadLayersModel,
  model as tfModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { createRandom, padSequences, Vocab, wordTokenizer } from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import { BahdanauAttention, GRU, registerLayers } from 'tfjs-seq2seq/layers';
import { fileSystemHandler } from 'tfjs-seq2seq/node';
import { optionalText, runExample, wholeNumber, type Settings } from './support/cli.js';
import { distinctSources, holdOut, readPairs } from './support/pairs.js';

const OPTIONS = {
  train: optionalText(),
  examples: wholeNumber(4000, 1),
  epochs: wholeNumber(10, 1),
  seed: wholeNumber(1, 0),
};

type Example = { text: string; label: string };

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const all = file === undefined ? makeStories(examples, seed) : await readTexts(file);
  if (all.length < 10) throw new Error(`There must be ten different texts or more; there are ${all.length}.`);
  const { train, heldOut } = holdOut(all);

  await useBackend('auto');
  const { tokenize } = wordTokenizer({ lowercase: true });
  const words = Vocab.build(
    train.map(({ text }) => tokenize(text)),
    { maxSize: 10_000 },
  );
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  const { model, weights } = buildModel(words.size, labels.length, seed);
  const read = (part: readonly Example[]): Tensor[] => {
    const { ids, mask } = padSequences(part.map(({ text }) => words.encode(tokenize(text))));
    return [ids, mask];
  };
  console.log(
    `${train.length} texts to learn from, ${heldOut.length} held out; ${model.countParams()} weights.`,
  );

  model.compile({
    optimizer: optimizers.adam(3e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(read(train), tensor1d(train.map(({ label }) => labels.indexOf(label))), {
    epochs,
    batchSize: 32,
    shuffle: false, // they are in random order, and tfjs's shuffling has no seed
    callbacks: {
      onEpochEnd: (epoch, { loss, acc } = {}) =>
        console.log(`epoch ${epoch + 1}/${epochs}  loss ${loss?.toFixed(3)}  accuracy ${acc?.toFixed(3)}`),
    },
  });

  // A saved model knows its layers by name; loading needs to be told what the names stand for.
  const folder = await mkdtemp(join(tmpdir(), 'attention-'));
  await model.save(fileSystemHandler(folder));
  registerLayers();
  const loaded = await loadLayersModel(fileSystemHandler(folder));
  await rm(folder, { recursive: true });

  const sources = read(heldOut);
  const [before, after] = [await predict(model, sources), await predict(loaded, sources)];
  const same = before.every((row, i) => row.every((value, j) => value === after[i]?.[j]));
  console.log(`\nSaved and loaded, it answers ${same ? 'exactly as before' : 'otherwise'}.`);

  const attended = await predict(weights, sources);
  const answers = after.map((row) => labels[row.indexOf(Math.max(...row))]);
  for (const [i, { text, label }] of heldOut.slice(0, 5).entries()) {
    const most = Math.max(...attended[i]!);
    const word = tokenize(text)[attended[i]!.indexOf(most)] ?? '';
    const looked = `(${(100 * most).toFixed(0)} % of its attention on “${word}”)`;
    console.log(`\n  ${text}\n  ${answers[i]} ${answers[i] === label ? '✓' : `✗ ${label}`}  ${looked}`);
  }
  const right = heldOut.filter(({ label }, i) => answers[i] === label).length;
  console.log(`\nheld-out accuracy: ${(right / heldOut.length).toFixed(3)}`);
}

/** A GRU in each direction reads. The last state looks back once, and what it sees gives the answer. */
function buildModel(
  vocabSize: number,
  labels: number,
  seed: number,
): { model: LayersModel; weights: LayersModel } {
  const [size, units] = [32, 48];
  const ids = input({ shape: [null], dtype: 'int32' });
  const mask = input({ shape: [null] }); // 1 = a word, 0 = padding
  const embeddingsInitializer = initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
  const embedded = layers
    .embedding({ inputDim: vocabSize, outputDim: size, embeddingsInitializer })
    .apply(ids);

  const forward = new GRU({ units, returnSequences: true, returnState: true, seed });
  const backward = new GRU({ units, returnSequences: true, reverse: true, seed: seed + 1 });
  const [seen, state] = forward.apply([embedded, mask] as SymbolicTensor[]) as [
    SymbolicTensor,
    SymbolicTensor,
  ];
  const ahead = backward.apply([embedded, mask] as SymbolicTensor[]) as SymbolicTensor;
  const memory = layers.concatenate().apply([seen, ahead]) as SymbolicTensor; // [batch, time, 2 * units]

  const query = layers.reshape({ targetShape: [1, units] }).apply(state) as SymbolicTensor;
  const attention = new BahdanauAttention({ units, returnWeights: true, seed: seed + 2 });
  const [context, weights] = attention.apply([query, memory, mask]) as [SymbolicTensor, SymbolicTensor];

  const answer = layers.dense({
    units: labels,
    activation: 'softmax',
    kernelInitializer: initializers.glorotUniform({ seed }),
  });
  const outputs = answer.apply(layers.reshape({ targetShape: [2 * units] }).apply(context)) as SymbolicTensor;
  const inputs = [ids, mask];
  return {
    model: tfModel({ inputs, outputs }),
    weights: tfModel({ inputs, outputs: weights }),
  };
}

/** One row of numbers a text. */
function predict(model: LayersModel, inputs: Tensor[]): Promise<number[][]> {
  const rows = tidy(() => {
    const result = model.predict(inputs) as Tensor;
    return reshape<Rank.R2>(result, [result.shape[0] ?? 0, -1]);
  });
  return rows.array();
}

const NAMES = 'mara otto ines bruno lida tobin vera anselm'.split(' ');
const PLACES = 'kitchen garden attic cellar stable barn orchard workshop'.split(' ');
const WAYS = ['is in', 'went to', 'sits in', 'sings in', 'hurried to'];

/** Two to four people in different places, and a question about one of them. */
function makeStories(count: number, seed: number): Example[] {
  const random = createRandom(seed);
  const draw = <T>(items: readonly T[], number: number): T[] => {
    const keyed = items.map((item) => ({ item, key: random.next() })).sort((a, b) => a.key - b.key);
    return keyed.slice(0, number).map(({ item }) => item);
  };
  const stories = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const people = 2 + random.integer(3);
    const [names, places] = [draw(NAMES, people), draw(PLACES, people)];
    const asked = random.integer(people);
    const told = names.map((name, n) => `${name} ${draw(WAYS, 1).join('')} the ${places[n]} .`);
    stories.set(`${told.join(' ')} where is ${names[asked]} ?`, places[asked] ?? '');
  }
  return [...stories].map(([text, label]) => ({ text, label }));
}

/** The texts of a file, each once, so that none is both learnt and tested. */
async function readTexts(file: string): Promise<Example[]> {
  const pairs = distinctSources(await readPairs(file));
  return pairs.map(({ source, target }) => ({ text: source, label: target }));
}

await runExample(import.meta.url, OPTIONS, main);
