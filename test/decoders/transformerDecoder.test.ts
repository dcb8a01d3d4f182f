import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  argMax,
  grad,
  memory,
  mul,
  ones,
  profile,
  randomNormal,
  setBackend,
  slice,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  variableGrads,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/contracts/batch.js';
import type { Context } from '../../src/contracts/context.js';
import type { Decoder, DecoderWiring } from '../../src/contracts/decoder.js';
import { disposeTensors, mapTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { transformerDecoder, type TransformerDecoderOptions } from '../../src/decoders/transformerDecoder.js';
import { transformerDecoderLayer } from '../../src/decoders/transformerDecoderLayer.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const [rows, sourceTime, memorySize, vocabSize, width] = [2, 3, 5, 11, 6];
const wiring = (): DecoderWiring => ({
  target: { kind: 'tokens', vocabSize, padId: 0 },
  memorySize,
  summarySize: memorySize,
  attention: null,
  random: createRandom(5),
});
const build = (options: Partial<TransformerDecoderOptions> = {}): Decoder =>
  transformerDecoder({ width, heads: 2, feedForward: 7, ...options }).build(wiring());
const context = (): Context => ({
  memory: randomNormal<Rank.R3>([rows, sourceTime, memorySize], 0, 1, 'float32', 1),
  mask: tensor2d([
    [1, 1, 1],
    [1, 1, 0],
  ]),
  summary: zeros([rows, memorySize]),
  state: null,
});
const targetIds = [
  [1, 4, 5, 6],
  [1, 7, 8, 0],
];
const targetLengths = [4, 3];
const batchOf = (ids: number[][], lengths: number[]): Batch => {
  const time = ids[0]?.length ?? 0;
  return {
    source: zeros([rows, sourceTime], 'int32'),
    sourceMask: ones([rows, sourceTime]),
    sourceLengths: new Int32Array([3, 2]),
    targetInput: tensor2d(ids, undefined, 'int32'),
    targetOutput: tensor2d(ids, undefined, 'int32'),
    targetMask: tensor2d(
      lengths.map((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
    ),
    targetLengths: Int32Array.from(lengths),
    dispose: () => undefined,
  };
};
const column = (t: number): Tensor1D =>
  tensor1d(
    targetIds.map((row) => row[t] as number),
    'int32',
  );

const variants: [string, Partial<TransformerDecoderOptions>][] = [
  ['pre-norm', {}],
  ['post-norm, one layer', { norm: 'post', layers: 1, heads: 3 }],
  [
    'learned positions, tied, gelu',
    { positions: 'learned', maxLength: 4, tieEmbeddings: true, activation: 'gelu' },
  ],
  ['memory as wide as itself', { width: 5, heads: 1 }],
];

describe.each(variants)('%s', (_, options) => {
  test('token by token gives what one pass gives, and attention that sums to 1 over the real source', () => {
    const before = memory().numTensors;
    const decoder = build(options);
    tidy(() => {
      const features = decoder.features(batchOf(targetIds, targetLengths), context(), null);
      expect(features.shape).toEqual([7, decoder.featureSize]);
      const whole = decoder.logits(features).arraySync();
      const started = decoder.start(context());
      let { state } = started;
      for (let t = 0; t < 4; t++) {
        const step = decoder.step(column(t), state, t, started.constants);
        state = step.state;
        const logits = step.logits.arraySync();
        expectTensor(tensor1d(logits[0] as number[]), [vocabSize], whole[t] as number[]);
        if (t < 3) expectTensor(tensor1d(logits[1] as number[]), [vocabSize], whole[4 + t] as number[]);
        expectTensor(sum(step.attention as Tensor2D, 1), [rows], [1, 1]);
        expectTensor(slice(step.attention as Tensor2D, [1, 2], [1, 1]), [1, 1], [0], 0);
      }
    });
    decoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a padded batch gives what each sentence gives alone', () => {
    const decoder = build(options);
    tidy(() => {
      const both = decoder.features(batchOf(targetIds, targetLengths), context(), null);
      const second = mapTensors(context(), (tensor) => slice(tensor, [1], [1]));
      const alone = decoder.features(
        batchOf([[1, 7, 8]], [3]),
        { ...second, memory: slice(second.memory, [0, 0, 0], [1, 2, memorySize]), mask: ones([1, 2]) },
        null,
      );
      expectTensor(slice(both, [4, 0], [3, decoder.featureSize]), [3, decoder.featureSize], alone.dataSync());
    });
    decoder.dispose();
  });
});

test('a step runs as many kernels after five tokens as after one, and no product for the keys of the source', async () => {
  const decoder = build();
  const { constants, state: initial } = tidy(() => decoder.start(context()) as never) as {
    constants: unknown;
    state: unknown;
  };
  let state = initial;
  const counts: number[] = [];
  let products = 0;
  for (let t = 0; t < 6; t++) {
    const tokens = tensor1d([4, 5], 'int32');
    const counted = await profile(() => {
      const step = decoder.step(tokens, state, t, constants);
      disposeTensors([step.logits, step.attention, t === 0 ? null : state]);
      state = step.state;
      return tokens;
    });
    counts.push(counted.kernels.length);
    products = counted.kernels.filter(({ name }) => name.endsWith('MatMul')).length;
    tokens.dispose();
  }
  expect(counts[5]).toBe(counts[1]);
  // Two layers of 4 (self) + 4 (source: query, scores, context, output) + 2 (feed-forward) products, and the
  // output projection.
  expect(products).toBe(2 * 10 + 1);
  disposeTensors([state, constants]);
  decoder.dispose();
});

test('its own predictions are fed where the reference is not forced', () => {
  const before = memory().numTensors;
  const decoder = build();
  tidy(() => {
    // Row 0 is fed its own prediction at position 2, row 1 at positions 1 and 2.
    const teacherForcingMask = Uint8Array.from([1, 1, 0, 1, 1, 0, 0, 1]);
    const mixed = decoder.features(batchOf(targetIds, targetLengths), context(), teacherForcingMask);
    const started = decoder.start(context());
    let { state } = started;
    const fed = targetIds.map((row) => [...row]);
    for (let t = 0; t < 3; t++) {
      const step = decoder.step(
        tensor1d(
          fed.map((row) => row[t] as number),
          'int32',
        ),
        state,
        t,
        started.constants,
      );
      state = step.state;
      const predicted = argMax(step.logits, 1).dataSync();
      [0, 1].forEach((row) => {
        if (teacherForcingMask[row * 4 + t + 1] === 0)
          (fed[row] as number[])[t + 1] = predicted[row] as number;
      });
    }
    expect(fed).not.toEqual(targetIds);
    const expected = decoder.features(batchOf(fed, targetLengths), context(), null);
    expectTensor(mixed, expected.shape, expected.dataSync());
  });
  decoder.dispose();
  expect(memory().numTensors).toBe(before);
});

test('masked source positions get a gradient of exactly 0, and change nothing', () => {
  const before = memory().numTensors;
  const decoder = build();
  tidy(() => {
    const given = context();
    const read = (source: Tensor): Tensor2D =>
      decoder.features(batchOf(targetIds, targetLengths), { ...given, memory: source as Tensor3D }, null);
    const slope = grad((source) => sum(mul(read(source), randomNormal([7, width], 0, 1, 'float32', 9))))(
      given.memory,
    );
    const masked = slope.dataSync().slice(-memorySize);
    expect([...masked].map(Math.abs)).toEqual(new Array<number>(memorySize).fill(0));
    expect(
      slope
        .dataSync()
        .slice(0, -memorySize)
        .every((value) => value !== 0),
    ).toBe(true);

    const garbage = mul(
      given.memory,
      tensor3d([
        [[1], [1], [1]],
        [[1], [1], [99]],
      ]),
    );
    const normal = read(given.memory);
    expectTensor(read(garbage), normal.shape, normal.dataSync());
  });
  decoder.dispose();
  expect(memory().numTensors).toBe(before);
});

test('every parameter gets a gradient, with its own predictions fed as well', () => {
  const before = memory().numTensors;
  const decoder = build();
  tidy(() => {
    const teacherForcingMask = Uint8Array.from([1, 0, 1, 1, 1, 1, 1, 1]);
    const { grads } = variableGrads(() => {
      const logits = decoder.logits(
        decoder.features(batchOf(targetIds, targetLengths), context(), teacherForcingMask),
      );
      return sum(mul(logits, randomNormal([7, vocabSize], 0, 1, 'float32', 9)));
    }, Object.values(decoder.parameters()));
    const slopes = Object.values(grads);
    expect(slopes.length).toBe(Object.keys(decoder.parameters()).length);
    for (const slope of slopes) expect(slope.dataSync().some((value) => value !== 0)).toBe(true);
  });
  decoder.dispose();
  expect(memory().numTensors).toBe(before);
});

test('dropout works in training alone, and leaves the choice of inputs as it is', () => {
  const decoder = build({ dropout: 0.5 });
  tidy(() => {
    const run = (training: boolean): number[] => [
      ...decoder.features(batchOf(targetIds, targetLengths), context(), null, { training }).dataSync(),
    ];
    expect(run(false)).toEqual(run(false));
    expect(run(true)).not.toEqual(run(false));
  });
  decoder.dispose();
});

test('has PyTorch names, one matrix where widths agree and three where they do not', () => {
  const names = (options: Partial<TransformerDecoderOptions>): string[] => {
    const decoder = build({ layers: 1, ...options });
    const found = Object.keys(decoder.parameters());
    decoder.dispose();
    return found;
  };
  expect(names({})).toContain('layers.0.multihead_attn.k_proj_weight');
  expect(names({ width: 5, heads: 1 })).toContain('layers.0.multihead_attn.in_proj_weight');
  expect(names({})).toContain('fc_out.weight');
  expect(names({ tieEmbeddings: true })).not.toContain('fc_out.weight');
});

test('wrong options, parts and inputs are refused', () => {
  expect(() => transformerDecoder({ width: 6 })).toThrow('heads that divides the width (6)');
  expect(() => transformerDecoder({ width: 8, tied: true } as never)).toThrow('but received "tied"');
  const spec = transformerDecoder({ width, heads: 2 });
  expect(() => spec.build({ ...wiring(), target: { kind: 'frames', features: 3 } })).toThrow(
    'a target of tokens but received "frames"',
  );
  const placement = { order: 'before-cell', inputFeeding: false } as const;
  expect(() => spec.build({ ...wiring(), attention: { spec: bahdanauAttention(), placement } })).toThrow(
    'transformerDecoder: expected no attention besides its own but received "bahdanauAttention".',
  );
  const before = memory().numTensors;
  const decoder = build({ positions: 'learned', maxLength: 1 });
  const layer = transformerDecoderLayer({ width: 4, heads: 2 }).build({
    memorySize,
    random: createRandom(1),
  });
  tidy(() => {
    const { state, constants } = decoder.start(context());
    expect(() => decoder.step(column(0), state, 1, constants)).toThrow(
      'at most maxLength (1) positions but received 2',
    );
    expect(() => decoder.start({ ...context(), memory: ones([rows, sourceTime, 4]) })).toThrow(
      'memory of [batch, sourceTime, 5]',
    );
    expect(() =>
      decoder.start({
        ...context(),
        mask: tensor2d([
          [1, 1, 1],
          [0, 0, 0],
        ]),
      }),
    ).toThrow('only zeros in row 1');
    const { memory: read, mask } = context();
    expect(() => layer.forward(ones([rows, 2, 5]), ones([rows, 2]), read, mask)).toThrow(
      'x of [batch, time, 4]',
    );
    expect(() => layer.forward(ones([rows, 2, 4]), ones([rows, 2]), ones([rows, 3, 4]), mask)).toThrow(
      'memory of [batch, sourceTime, 5]',
    );
    expect(() => layer.forward(ones([rows, 2, 4]), ones([rows, 2]), read, zerosLike(mask))).toThrow(
      'only zeros in row 0',
    );
    decoder.dispose();
    expect(() => decoder.start(context())).toThrow('was used after dispose()');
  });
  layer.dispose();
  expect(memory().numTensors).toBe(before);
});
