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
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import type { ConvolutionalEncoderOptions } from '../../src/encoders/convolutionalEncoder.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const tokens = { kind: 'tokens', vocabSize: 11, padId: 0 } as const;
const overTokens = (options: ConvolutionalEncoderOptions): Encoder =>
  convolutionalEncoder(options).build({ source: tokens, random: createRandom(5) });
const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');

const variants: [string, ConvolutionalEncoderOptions][] = [
  ['glu, mean', { units: 5, layers: 3 }],
  ['relu, max, dilated', { units: 5, layers: 2, activation: 'relu', pooling: 'max', dilation: [1, 2] }],
  ['even kernel, no residual', { units: 5, layers: 2, kernelSize: 4, residual: false }],
  ['sinusoidal positions', { units: 5, positions: 'sinusoidal', embeddingSize: 7 }],
  ['learned positions, max', { units: 5, positions: 'learned', maxLength: 6, pooling: 'max' }],
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
      const expected = [
        ...long.memory.dataSync(),
        ...short.memory.dataSync(),
        ...new Array<number>(10).fill(0),
      ];
      expectTensor(both.memory, [2, 5, 5], expected);
      expectTensor(slice(both.memory, [1, 3, 0], [1, 2, 5]), [1, 2, 5], new Array(10).fill(0), 0);
      expectTensor(both.summary, [2, 5], concat([long.summary, short.summary]).dataSync());
      expect(both.state).toBeNull();
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('what stands at padding gets a gradient of exactly 0', () => {
    const encoder = overTokens(options);
    tidy(() => {
      const { grads } = variableGrads(() => {
        const { memory: read, summary } = encoder.forward(ids([[4, 5, 10, 10]]), tensor2d([[1, 1, 0, 0]]));
        const loss = sum(mul(read, randomNormal([1, 4, 5], 0, 1, 'float32', 3)));
        return sum(mul(summary, loss)) as Scalar;
      }, Object.values(encoder.parameters()));
      const embedding = Object.entries(grads).find(([, slope]) => slope.shape[0] === 11)?.[1];
      const rows = embedding?.arraySync() as number[][];
      expect(rows[10]?.map(Math.abs)).toEqual(rows[10]?.map(() => 0));
      expect(rows[4]?.some((value) => value !== 0)).toBe(true);
    });
    encoder.dispose();
  });
});

test('reads float frames as they are, whatever padding holds', () => {
  const encoder = convolutionalEncoder({ units: 3, pooling: 'max' }).build({
    source: { kind: 'frames', features: 2 },
    random: createRandom(1),
  });
  expect(Object.keys(encoder.parameters())).toEqual([
    'convs.0.weight',
    'convs.0.bias',
    'convs.1.weight',
    'convs.1.bias',
  ]);
  expect(encoder.parameters()['convs.0.weight']?.shape).toEqual([6, 2, 3]);
  tidy(() => {
    const frames = randomNormal<Rank.R3>([1, 3, 2], 0, 1, 'float32', 1);
    const alone = encoder.forward(frames, ones([1, 3]));
    const padded = encoder.forward(
      concat([frames, mul(ones([1, 2, 2]), 77)], 1),
      tensor2d([[1, 1, 1, 0, 0]]),
    );
    expectTensor(padded.summary, [1, 3], alone.summary.dataSync());
  });
  encoder.dispose();
});

test('dropout works in training alone', () => {
  const encoder = overTokens({ units: 5, dropout: 0.5 });
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
  const spec = convolutionalEncoder({ units: 4, layers: 2, dilation: 3 });
  expect(spec.config).toEqual({
    units: 4,
    layers: 2,
    kernelSize: 3,
    dilation: [3, 3],
    activation: 'glu',
    residual: true,
    pooling: 'mean',
    positions: 'none',
    dropout: 0,
  });
  const again = convolutionalEncoder(JSON.parse(JSON.stringify(spec.config)) as ConvolutionalEncoderOptions);
  expect(again.config).toEqual(spec.config);
});

test('wrong options, parts and inputs are refused', () => {
  expect(() => convolutionalEncoder({ units: 4, layers: 2, dilation: [1] })).toThrow(
    'one for each of the 2 layers',
  );
  expect(() => convolutionalEncoder({ units: 4, maxLength: 9 })).toThrow(
    "maxLength only with positions: 'learned'",
  );
  expect(() => convolutionalEncoder({ units: 4, kernel: 3 } as never)).toThrow('but received "kernel"');
  expect(() => convolutionalEncoder({ units: 0 })).toThrow('units to be a whole number of at least 1');
  const frames = { source: { kind: 'frames', features: 2 }, random: createRandom(1) } as const;
  expect(() => convolutionalEncoder({ units: 4, embeddingSize: 3 }).build(frames)).toThrow(
    'no embeddingSize with a source of float frames',
  );
  const before = memory().numTensors;
  const encoder = overTokens({ units: 4, positions: 'learned', maxLength: 2 });
  tidy(() => {
    expect(() => encoder.forward(ids([[4, 5, 6]]), ones([1, 3]))).toThrow(
      'at most maxLength (2) positions but received 3',
    );
    expect(() => encoder.forward(ones([1, 2, 7]), ones([1, 2]))).toThrow('ids [batch, time] of dtype int32');
    encoder.dispose();
    expect(() => encoder.forward(ids([[4, 5]]), ones([1, 2]))).toThrow('was used after dispose()');
  });
  expect(memory().numTensors).toBe(before);
});
