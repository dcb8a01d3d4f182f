import {
  add,
  argMax,
  expandDims,
  grad,
  memory,
  mul,
  profile,
  sub,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { disposeTensors, tidyTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { collate } from '../../src/data/collate.js';
import type { Example } from '../../src/data/example.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { assemble } from '../../src/model/assemble.js';
import { batchLoss, countTokens, readBatch, readSource, type ModelCore } from '../../src/model/modelCore.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { expectValues } from '../support/closeTo.js';
import { axes, builderOf, type Combination } from './combination.js';
import { coveringSet, describeCombination } from './coveringSet.js';

const side = { vocab: Vocab.build([Array.from('abcdefg')]), tokenizer: whitespaceTokenizer() }; // 11 ids
const sides = { source: { vocab: side.vocab }, target: { vocab: side.vocab } };
const sources = ['a', 'b c d e f a g', 'c a b'].map((text) => side.vocab.encode(text.split(' ')));
const targets = ['d e f', 'a', 'g g b c'].map((text) => side.vocab.encode(text.split(' ')));
const examples = sources.map((source, i): Example => ({ source, target: targets[i] as number[] }));

/** The blocks of a combination, with weights that no training has evened out. */
function coreOf(combination: Combination): ModelCore & { dispose: () => void } {
  const model = builderOf(combination, side, 6).build();
  const { parts } = model;
  model.dispose();
  const blocks = assemble(parts, createRandom(5));
  return { parts, blocks, isDisposed: () => false, running: { fit: false }, dispose: blocks.dispose };
}

/** The logits of every position of every row, `[row][position]`, computed from the start. */
function recomputed(core: ModelCore, prefixes: readonly (readonly number[])[]): number[][][] {
  const batch = collate(
    sources.map((source, i) => ({ source, target: [...(prefixes[i] as number[])] })),
    sides,
  );
  const logits = tidy(() => {
    const { decoder } = core.blocks;
    const context = readSource(core, batch.source, batch.sourceMask);
    return decoder.logits(decoder.features(batch, context, null)).arraySync();
  });
  batch.dispose();
  const length = (prefixes[0]?.length ?? 0) + 1;
  return prefixes.map((_, row) => logits.slice(row * length, (row + 1) * length));
}

beforeAll(async () => {
  await useBackend('wasm');
});

describe.each(coveringSet().map((combination) => [describeCombination(combination), combination] as const))(
  '%s',
  (_, combination) => {
    test('a token at a time gives what computing all again gives, and no weight to padding', () => {
      const before = memory().numTensors;
      const core = coreOf(combination);
      const { decoder } = core.blocks;
      const batch = collate(examples, sides);
      const started = tidyTensors(() => decoder.start(readSource(core, batch.source, batch.sourceMask)));
      let state = started.state;
      let tokens = sources.map(() => side.vocab.sosId);
      const prefixes: number[][] = sources.map(() => []);
      const stepwise: number[][][] = sources.map(() => []);
      for (let t = 0; t < 5; t++) {
        const last = tensor1d(tokens, 'int32');
        const step = decoder.step(last, state, t, started.constants);
        const logits = step.logits.arraySync();
        logits.forEach((row, i) => stepwise[i]?.push(row));
        // Before the first token there is no target to compute; its position is looked at with the next.
        const whole = t > 0 ? recomputed(core, prefixes) : [];
        whole.forEach((rows, i) => expectValues(stepwise[i]?.flat() ?? [], rows.flat(), 1e-5));
        step.attention?.arraySync().forEach((row, i) => {
          const real = batch.sourceLengths[i] as number;
          expect(row.slice(real)).toEqual(new Array<number>(row.length - real).fill(0));
          expect(row.slice(0, real).reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 5);
        });
        expect(step.attention === undefined).toBe(
          combination.attention === 'none' && combination.decoder !== 'transformer',
        );
        // Any token but the special ones, which cannot stand in a target.
        tokens = tidy(() => [...argMax(step.logits, 1).dataSync()].map((token) => Math.max(token, 4)));
        tokens.forEach((token, i) => prefixes[i]?.push(token));
        disposeTensors([last, step.logits, step.attention ?? null, t > 0 ? state : null], step.state);
        state = step.state;
      }
      disposeTensors([started, state]);
      batch.dispose();
      core.dispose();
      expect(memory().numTensors).toBe(before);
    });

    test('features, losses and gradients of a padded batch are those of each pair alone', () => {
      const core = coreOf(combination);
      const before = memory().numTensors;
      const run = (
        group: readonly Example[],
      ): { features: number[][]; loss: number; sums: Map<string, number[]> } => {
        const batch = collate(group, sides);
        const tokens = countTokens(batch);
        const { loss, gradients } = computeGradients(
          () => batchLoss(core, batch, null, crossEntropy()),
          core.blocks.parameters(),
        );
        const features = tidy(() => readBatch(core, batch, null).features.arraySync());
        const result = {
          features,
          loss: (loss.dataSync()[0] as number) * tokens,
          sums: new Map(
            Object.entries(gradients).map(([name, gradient]) => [
              name,
              Array.from(gradient.dataSync(), (value) => value * tokens),
            ]),
          ),
        };
        disposeTensors([loss, gradients]);
        batch.dispose();
        return result;
      };
      const together = run(examples);
      const alone = examples.map((example) => run([example]));
      expect(together.loss).toBeCloseTo(
        alone.reduce((sum, { loss }) => sum + loss, 0),
        4,
      );
      alone
        .flatMap(({ features }) => features)
        .forEach((row, i) => expectValues(together.features[i] as number[], row, 1e-5));
      for (const [name, sums] of together.sums) {
        const expected = sums.map((__, i) =>
          alone.reduce((sum, one) => sum + (one.sums.get(name)?.[i] as number), 0),
        );
        expectValues(sums, expected, 1e-4);
      }
      expect(memory().numTensors).toBe(before);
      core.dispose();
    });
  },
);

/** A combination of plain values, but for the given ones. */
function plain(changes: Partial<Combination>): Combination {
  const first = Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, values[0]]));
  return {
    ...(first as unknown as Combination),
    encoder: 'gru',
    decoder: 'gru',
    bridge: 'linearBridge',
    ...changes,
  };
}

describe.each<[string, Partial<Combination>]>([
  ['recurrent', { encoder: 'gru', encoderVariant: true, encoderLayers: 2 }],
  ['convolutional', { encoder: 'convolutional', encoderLayers: 2 }],
  ['transformer', { encoder: 'transformer', encoderLayers: 2 }],
])('a %s encoder of frames', (_, encoder) => {
  test.each<[string, Partial<Combination>]>([
    ['nothing but the bridge', {}],
    ['additive attention', { attention: 'bahdanau', placement: 'before' }],
    ['multiplicative attention', { attention: 'luong general', placement: 'after' }],
    ['a transformer', { decoder: 'transformer', bridge: 'passBridge' }],
  ])(
    'before %s: whatever stands at padding changes nothing, and gets a gradient of exactly 0',
    (__, decoder) => {
      const before = memory().numTensors;
      const model = builderOf(plain({ ...encoder, ...decoder }), side, 6).build();
      const parts = { ...model.parts, source: { features: 2 } };
      model.dispose();
      const blocks = assemble(parts, createRandom(5));
      const core: ModelCore = { parts, blocks, isDisposed: () => false, running: { fit: false } };
      const lengths = [1, 5, 3];
      const frames = lengths.map((length) =>
        Array.from({ length }, (___, t) => [Math.sin(t + length), t / 5]),
      );
      const batch = collate(
        frames.map((source, i) => ({ source, target: targets[i] as number[] })),
        { source: { features: 2 }, target: sides.target },
      );
      tidy(() => {
        const loss = (source: Tensor): Scalar => batchLoss(core, { ...batch, source }, null, crossEntropy());
        const slope = grad(loss)(batch.source).arraySync() as number[][][];
        lengths.forEach((length, row) => {
          expect(
            slope[row]
              ?.slice(0, length)
              .flat()
              .every((value) => value !== 0),
          ).toBe(true);
          expect(
            slope[row]
              ?.slice(length)
              .flat()
              .every((value) => value === 0),
          ).toBe(true);
        });
        const padding = sub(1, expandDims(batch.sourceMask, 2));
        const garbage = add(batch.source, mul(padding, 7));
        expect(loss(garbage).dataSync()).toEqual(loss(batch.source).dataSync());
      });
      batch.dispose();
      blocks.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
});

describe.each<[string, Combination]>([
  ['additive attention', plain({ attention: 'bahdanau', placement: 'before' })],
  ['multiplicative attention', plain({ attention: 'luong general', placement: 'after, feeding' })],
  ['a transformer', plain({ decoder: 'transformer', bridge: 'passBridge', decoderLayers: 2 })],
])('%s', (_, combination) => {
  test('projects keys once a sentence, and works on unfinished rows alone', async () => {
    const model = builderOf(combination, side, 6).build({ seed: 2 });
    const { eosId } = side.vocab;
    const texts = ['a', 'b c d e f a g', 'c a b'];
    // The first sentence ends after two tokens, the second after five, the third after one.
    const forcedPrefix = [
      [4, 5, eosId],
      [4, 5, 6, 7, 8, eosId],
      [4, eosId],
    ];
    const generate = async (plan: number[][]): Promise<{ name: string; shape: readonly number[] }[]> => {
      const { kernels } = await profile(async () => {
        await model.generateBatch(texts, greedy({ maxLength: 8, forcedPrefix: plan }));
        return [] as Tensor[];
      });
      return kernels
        .filter(({ name }) => /MatMul$|^Seq2SeqLinear$/.test(name))
        .map(({ name, outputShapes }) => ({ name, shape: outputShapes[0] ?? [] }));
    };
    const long = await generate(forcedPrefix);
    const short = await generate([[eosId], [eosId], [eosId]]);
    // What has the source's positions in its rows is computed before the first step. Longer outputs need no
    // more of it.
    const overSource = (products: typeof long): number =>
      products.filter(({ shape }) => shape.at(-2) === 9 || shape[0] === 3 * 9).length;
    expect(overSource(short)).toBeGreaterThan(0);
    expect(overSource(long)).toBe(overSource(short));
    // The output projection has a row a sentence that is not done.
    const projected = long
      .filter(({ shape }) => shape.at(-1) === side.vocab.size)
      .map(({ shape }) => shape.slice(0, -1).reduce((rows, size) => rows * size, 1));
    expect(projected).toEqual([3, 3, 2, 1, 1, 1]);
    model.dispose();
  });
});
