/**
 * Trains with a loop of its own over the bare blocks: no builder, no `fit`, no `generate`.
 *
 * It builds an encoder, an attention and a decoder. It collates batches, takes gradients, clips them and
 * updates the weights. It decodes with a search over the decoder's step. Change any line of it. The task is
 * Roman numerals: 1987 is MCMLXXXVII.
 *
 *   npm run example -- custom-loop
 *
 *   --train FILE       pairs of your own, source TAB target, instead of numbers; one in ten is held out
 *   --examples N       how many numbers below 4,000 it draws; default 4000
 *   --epochs N         default 10
 *   --seed N           default 1
 */
import { dispose, type Tensor1D, type TensorContainer } from '@tensorflow/tfjs-core';
import {
  adam,
  bahdanauAttention,
  batches,
  charTokenizer,
  clipScale,
  collate,
  collateSource,
  computeGradients,
  createRandom,
  crossEntropy,
  exactMatch,
  gatherTokens,
  globalNorm,
  greedySearch,
  realTokens,
  recurrentDecoder,
  recurrentEncoder,
  Vocab,
} from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
import type { TextPair } from 'tfjs-seq2seq/node';
import { commonOptions, runExample, type Settings } from './support/cli.js';
import { readPairs, splitPairs } from './support/pairs.js';

const OPTIONS = commonOptions({ examples: 4000, epochs: 10 });

const tokenizer = charTokenizer();

async function main({ train: file, examples, epochs, seed }: Settings<typeof OPTIONS>): Promise<void> {
  const pairs = file === undefined ? makeNumbers(examples, seed) : await readPairs(file);
  const { train, heldOut } = splitPairs(pairs);
  await useBackend('auto');
  const source = Vocab.build(train.map((pair) => tokenizer.tokenize(pair.source)));
  const target = Vocab.build(train.map((pair) => tokenizer.tokenize(pair.target)));
  const sides = { source: { vocab: source }, target: { vocab: target } };
  const ids = train.map((pair) => ({
    source: source.encode(tokenizer.tokenize(pair.source)),
    target: target.encode(tokenizer.tokenize(pair.target)),
  }));
  console.log(`${train.length} pairs to learn from, ${heldOut.length} held out.\n`);

  // The blocks. Encoder and decoder are equally wide, so the context needs no bridge between them.
  const random = createRandom(seed);
  const encoder = recurrentEncoder({ cell: 'gru', units: 64 }).build({
    source: { kind: 'tokens', vocabSize: source.size, padId: source.padId },
    random,
  });
  const decoder = recurrentDecoder({ cell: 'gru', units: 64 }).build({
    target: { kind: 'tokens', vocabSize: target.size, padId: target.padId },
    memorySize: encoder.memorySize,
    summarySize: encoder.summarySize,
    attention: {
      spec: bahdanauAttention({ units: 64 }),
      placement: { order: 'before-cell', inputFeeding: false },
    },
    random,
  });
  const parameters = Object.fromEntries(
    Object.entries({ encoder, decoder }).flatMap(([block, { parameters: own }]) =>
      Object.entries(own()).map(([name, variable]) => [`${block}.${name}`, variable]),
    ),
  );

  const steps = epochs * Math.ceil(ids.length / 32);
  const optimizer = adam({ learningRate: (step) => 4e-3 * (1 - step / steps) });
  const loss = crossEntropy();
  let state = optimizer.init(parameters);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let [total, tokens] = [0, 0];
    for (const group of batches(ids, { batchSize: 32, seed: random.integer(2 ** 31) })) {
      const batch = collate(group, sides);
      const real = realTokens(batch.targetLengths, batch.targetMask.shape[1]); // padding counts for nothing
      const { loss: value, gradients } = computeGradients(() => {
        const context = encoder.forward(batch.source, batch.sourceMask, {
          training: true,
          lengths: batch.sourceLengths,
        });
        // null: every step is fed the reference.
        const features = decoder.features(batch, context, null, { training: true });
        const targets = gatherTokens<Tensor1D>(batch.targetOutput, real);
        return loss({ features, targets, ...decoder.projection() });
      }, parameters);
      const norm = globalNorm(gradients);
      const scale = clipScale(norm, 1);
      state = optimizer.update(parameters, gradients, state, { scale });
      total += ((await value.data())[0] ?? NaN) * real.count;
      tokens += real.count;
      dispose([value, norm, scale, ...Object.values(gradients)]);
      batch.dispose();
    }
    console.log(`epoch ${epoch}/${epochs}  loss ${(total / tokens).toFixed(4)}`);
  }

  /** Encodes all sources at once, and lets the search call the decoder's step. */
  const generate = async (sources: readonly string[]): Promise<string[][]> => {
    const batch = collateSource(
      sources.map((text) => source.encode(tokenizer.tokenize(text))),
      sides.source,
    );
    const context = encoder.forward(batch.source, batch.sourceMask, { lengths: batch.sourceLengths });
    const start = decoder.start(context);
    const found = await greedySearch(decoder.step, start.state, {
      batchSize: sources.length,
      constants: start.constants,
      sosId: target.sosId,
      eosId: target.eosId,
      bannedIds: [target.padId, target.sosId],
      maxLength: 40,
    });
    dispose([context, start] as unknown as TensorContainer);
    batch.dispose();
    return found.map(([best]) => target.decode(best?.ids ?? []));
  };
  const found = await generate(heldOut.map((pair) => pair.source));
  const references = heldOut.map((pair) => tokenizer.tokenize(pair.target));
  console.log();
  for (const [i, { source: text, target: reference }] of heldOut.slice(0, 8).entries()) {
    const answer = tokenizer.detokenize(found[i] ?? []);
    console.log(`  ${text.padEnd(5)} ${answer} ${answer === reference ? '✓' : `✗ ${reference}`}`);
  }
  encoder.dispose();
  decoder.dispose();
  console.log(`\nheld-out exact match: ${exactMatch(found, references).accuracy.toFixed(3)}`);
}

/** Numbers from 1 to 3,999, drawn at random. */
function makeNumbers(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const number = 1 + random.integer(3999);
    return { source: String(number), target: roman(number) };
  });
}

const NUMERALS = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
] as const;

function roman(number: number): string {
  const [value, numeral] = NUMERALS.find(([least]) => least <= number) ?? [0, ''];
  return value === 0 ? '' : numeral + roman(number - value);
}

await runExample(import.meta.url, OPTIONS, main);
