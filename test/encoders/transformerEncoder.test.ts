import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  concat,
  memory,
  mul,
  ones,
  randomNormal,
  setBackend,
  slice,
  sum,
  tensor2d,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Encoder } from '../../src/contracts/encoder.js';
import { createRandom } from '../../src/core/random.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import { transformerEncoderLayer } from '../../src/encoders/transformerEncoderLayer.js';
import type { TransformerOptions } from '../../src/modules/transformerOptions.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const tokens = { kind: 'tokens', vocabSize: 11, padId: 0 } as const;
const overTokens = (options: TransformerOptions): Encoder =>
  transformerEncoder(options).build({ source: tokens, random: createRandom(5) });
const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');

const variants: [string, TransformerOptions][] = [
  ['pre-norm', { width: 6, heads: 3, feedForward: 7 }],
  ['post-norm, gelu', { width: 6, heads: 2, norm: 'post', activation: 'gelu' }],
  ['learned positions', { width: 6, heads: 1, layers: 1, positions: 'learned', maxLength: 5 }],
];

describe.each(variants)('%s', (_, options) => {
  test('a padded batch gives what each sequence gives alone, and 0 at padding', () => {
    const before = memory().numTensors;
    const encoder = overTokens(options);
    tidy(() => {
      const long = encoder.forward(ids([[4, 5, 6, 7, 8]]), ones([1, 5]));
      const short = encoder.forward(ids([[9, 4, 3]]), ones([1, 3]));
      const both = encoder.forward(
        ids([
          [4, 5, 6, 7, 8],
          [9, 4, 3, 10, 10],
        ]),
        tensor2d([
          [1, 1, 1, 1, 1],
          [1, 1, 1, 0, 0],
        ]),
      );
      expectTensor(slice(both.memory, [0, 0, 0], [1, 5, 6]), [1, 5, 6], long.memory.dataSync());
      expectTensor(slice(both.memory, [1, 0, 0], [1, 3, 6]), [1, 3, 6], short.memory.dataSync());
      expectTensor(slice(both.memory, [1, 3, 0], [1, 2, 6]), [1, 2, 6], new Array<number>(12).fill(0), 0);
      expectTensor(both.summary, [2, 6], concat([long.summary, short.summary]).dataSync());
      expect(both.state).toBeNull();
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('what stands at padding gets a gradient of exactly 0', () => {
    const before = memory().numTensors;
    const encoder = overTokens(options);
    tidy(() => {
      const { grads } = variableGrads(() => {
        const { memory: read } = encoder.forward(ids([[4, 5, 10, 10]]), tensor2d([[1, 1, 0, 0]]));
        return sum(mul(read, randomNormal([1, 4, 6], 0, 1, 'float32', 3))) as Scalar;
      }, Object.values(encoder.parameters()));
      const slope = Object.values(grads).find(({ shape }) => shape[0] === 11);
      const rows = slope?.arraySync() as number[][];
      expect(rows[10]?.map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(rows[4]?.some((value) => value !== 0)).toBe(true);
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('order matters, by the positions', () => {
  const encoder = overTokens({ width: 6, heads: 2, layers: 1 });
  tidy(() => {
    const [first, second] = [
      [4, 5, 6],
      [5, 4, 6],
    ].map((row) => [...encoder.forward(ids([row]), ones([1, 3])).summary.dataSync()]);
    expect(first).not.toEqual(second);
  });
  encoder.dispose();
});

test('projects float frames to its width, whatever padding holds', () => {
  const encoder = transformerEncoder({ width: 4, heads: 2, layers: 1 }).build({
    source: { kind: 'frames', features: 3 },
    random: createRandom(1),
  });
  expect(Object.keys(encoder.parameters())).toEqual([
    'input_projection.weight',
    'input_projection.bias',
    'layers.0.self_attn.in_proj_weight',
    'layers.0.self_attn.in_proj_bias',
    'layers.0.self_attn.out_proj.weight',
    'layers.0.self_attn.out_proj.bias',
    'layers.0.linear1.weight',
    'layers.0.linear1.bias',
    'layers.0.linear2.weight',
    'layers.0.linear2.bias',
    'layers.0.norm1.weight',
    'layers.0.norm1.bias',
    'layers.0.norm2.weight',
    'layers.0.norm2.bias',
    'norm.weight',
    'norm.bias',
  ]);
  tidy(() => {
    const frames = randomNormal<Rank.R3>([1, 3, 3], 0, 1, 'float32', 1);
    const alone = encoder.forward(frames, ones([1, 3]));
    const padded = encoder.forward(
      concat([frames, mul(ones([1, 2, 3]), 77)], 1),
      tensor2d([[1, 1, 1, 0, 0]]),
    );
    expectTensor(padded.summary, [1, 4], alone.summary.dataSync());
  });
  encoder.dispose();
});

test('dropout works in training alone', () => {
  const encoder = overTokens({ width: 6, heads: 2, dropout: 0.5 });
  tidy(() => {
    const run = (training: boolean): number[] => [
      ...encoder.forward(ids([[4, 5, 6]]), ones([1, 3]), { training }).memory.dataSync(),
    ];
    expect(run(false)).toEqual(run(false));
    expect(run(true)).not.toEqual(run(false));
  });
  encoder.dispose();
});

test('fills in defaults, and the config makes the same spec again', () => {
  const spec = transformerEncoder({ width: 8 });
  expect(spec.config).toEqual({
    width: 8,
    heads: 4,
    feedForward: 32,
    norm: 'pre',
    activation: 'relu',
    dropout: 0.1,
    layers: 2,
    positions: 'sinusoidal',
  });
  const learned = transformerEncoder({ width: 8, positions: 'learned' }).config;
  expect(transformerEncoder(JSON.parse(JSON.stringify(learned)) as TransformerOptions).config).toEqual(
    learned,
  );
});

test('wrong options and inputs are refused', () => {
  expect(() => transformerEncoder({ width: 6 })).toThrow(
    'transformerEncoder: expected a number of heads that divides the width (6) but received 4.',
  );
  expect(() => transformerEncoder({ width: 8, maxLength: 9 })).toThrow(
    "maxLength only with positions: 'learned'",
  );
  expect(() => transformerEncoder({ units: 8 } as never)).toThrow('but received "units"');
  expect(() => transformerEncoder({ width: 8, norm: 'none' as 'pre' })).toThrow(
    "norm to be one of 'pre', 'post'",
  );
  const before = memory().numTensors;
  const encoder = overTokens({ width: 4, heads: 2, positions: 'learned', maxLength: 2 });
  const layer = transformerEncoderLayer({ width: 4, heads: 2 }).build({ random: createRandom(1) });
  tidy(() => {
    expect(() => encoder.forward(ids([[4, 5, 6]]), ones([1, 3]))).toThrow(
      'at most maxLength (2) positions but received 3',
    );
    expect(() => layer.forward(ones([1, 3, 5]), ones([1, 3]))).toThrow(
      'x of [batch, time, 4] and a mask of [batch, time]',
    );
    encoder.dispose();
    expect(() => encoder.forward(ids([[4, 5]]), ones([1, 2]))).toThrow('was used after dispose()');
  });
  layer.dispose();
  expect(memory().numTensors).toBe(before);
});
