import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  concat,
  grad,
  memory,
  mul,
  ones,
  profile,
  randomNormal,
  setBackend,
  slice,
  sum,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { scaledDotProductAttention } from '../../src/attention/scaledDotProductAttention.js';
import type { AttentionSpec, PreparedMemory } from '../../src/contracts/attention.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { BLOCKS, restoreBlock } from '../../src/model/blockRegistry.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const [batch, queryCount, time, size] = [2, 3, 5, 4];

/**
 * Each attention over a memory of some width. Then how many matrix products it takes: of the memory, once a
 * sentence; of query, scores and context, at every step.
 */
const attentions: [string, AttentionSpec, memorySize: number, once: number, everyStep: number][] = [
  ['bahdanau', bahdanauAttention({ units: 7 }), 6, 1, 3],
  ['bahdanau with bias', bahdanauAttention({ bias: true }), 6, 1, 3],
  ['luong dot', luongAttention({ score: 'dot' }), size, 0, 2],
  ['luong general', luongAttention(), 6, 1, 2],
  ['luong concat', luongAttention({ score: 'concat', units: 7 }), 6, 1, 3],
  ['scaled dot product', scaledDotProductAttention(), size, 0, 2],
  ['multi-head', multiHeadAttention({ heads: 2 }), size, 1, 4],
  ['multi-head over another width', multiHeadAttention({ heads: 2 }), 6, 2, 4],
];

const mask = (): Tensor2D =>
  tensor2d([
    [1, 1, 1, 1, 1],
    [1, 1, 0, 0, 0],
  ]);
const normal = (shape: [number, number, number], seed: number): Tensor3D =>
  randomNormal(shape, 0, 1, 'float32', seed);
const values = (tensor: Tensor): number[] => [...tensor.dataSync()];

test('every attention of the package stands in the table above', () => {
  const kinds = Object.keys(BLOCKS).filter((kind) => kind.endsWith('Attention'));
  expect(new Set(attentions.map(([, { kind }]) => kind))).toEqual(new Set(kinds));
});

describe.each(attentions)('%s', (_, spec, memorySize, once, everyStep) => {
  const build = (): ReturnType<AttentionSpec['build']> =>
    spec.build({ querySize: size, memorySize, random: createRandom(3) });

  test('weights sum to 1 and are exactly 0 at masked positions', () => {
    const before = memory().numTensors;
    const attention = build();
    tidy(() => {
      const prepared = attention.prepare(normal([batch, time, memorySize], 1), mask());
      const { context, weights } = attention.attend(normal([batch, queryCount, size], 2), prepared);
      expect(context.shape).toEqual([batch, queryCount, attention.contextSize]);
      expect(weights.shape).toEqual([batch, queryCount, time]);
      values(sum(weights, -1)).forEach((total) => expect(total).toBeCloseTo(1, 5));
      expect(values(slice(weights, [1, 0, 2], [1, queryCount, 3]))).toEqual(new Array(9).fill(0));
    });
    attention.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('masked positions get a gradient of exactly 0, real ones do not', () => {
    const attention = build();
    tidy(() => {
      const cotangent = normal([batch, queryCount, attention.contextSize], 4);
      const slope = grad((read: Tensor) => {
        const { context } = attention.attend(
          normal([batch, queryCount, size], 2),
          attention.prepare(read as Tensor3D, mask()),
        );
        return sum(mul(context, cotangent));
      })(normal([batch, time, memorySize], 1)) as Tensor3D;
      const masked = values(slice(slope, [1, 2, 0], [1, 3, memorySize]));
      expect(masked.map(Math.abs)).toEqual(new Array(3 * memorySize).fill(0));
      expect(values(slice(slope, [1, 0, 0], [1, 2, memorySize])).every((value) => value !== 0)).toBe(true);
    });
    attention.dispose();
  });

  test('padding, whatever it holds, changes nothing', () => {
    const attention = build();
    tidy(() => {
      const queries = normal([1, queryCount, size], 2);
      const read = normal([1, 3, memorySize], 1);
      const alone = attention.attend(queries, attention.prepare(read, ones([1, 3])));
      const garbage = mul(normal([1, 2, memorySize], 9), 100) as Tensor3D;
      const padded = concat([read, garbage], 1);
      const beside = attention.attend(queries, attention.prepare(padded, tensor2d([[1, 1, 1, 0, 0]])));
      const expected = values(alone.context);
      values(beside.context).forEach((value, index) =>
        expect(value).toBeCloseTo(expected[index] as number, 5),
      );
    });
    attention.dispose();
  });

  test('projects the memory once a sentence', async () => {
    const before = memory().numTensors;
    const attention = build();
    const inputs = {
      read: normal([batch, time, memorySize], 1),
      queries: normal([batch, 1, size], 2),
      allowed: mask(),
    };
    const products = async (run: () => unknown): Promise<number> => {
      const { kernels } = await profile(() => run() as Tensor);
      return kernels.filter(({ name }) => name.endsWith('MatMul')).length;
    };
    let prepared: PreparedMemory = {};
    expect(await products(() => (prepared = attention.prepare(inputs.read, inputs.allowed)))).toBe(once);
    let result: unknown = null;
    expect(await products(() => (result = attention.attend(inputs.queries, prepared)))).toBe(everyStep);
    disposeTensors([inputs, prepared, result]);
    attention.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a saved model finds the kind, and makes the same spec of the config', () => {
    const saved: unknown = JSON.parse(JSON.stringify({ kind: spec.kind, config: spec.config }));
    const again = restoreBlock<AttentionSpec>('attention', saved, {});
    expect([again.kind, again.config]).toEqual([spec.kind, spec.config]);
  });

  test('refuses shapes that disagree, rows masked altogether, and use after dispose', () => {
    const before = memory().numTensors;
    const attention = build();
    tidy(() => {
      const read = ones([batch, time, memorySize]) as Tensor3D;
      const prepared = attention.prepare(read, mask());
      expect(() => attention.prepare(ones([batch, time, 11]) as Tensor3D, mask())).toThrow(
        `memory of [batch, sourceTime, ${memorySize}]`,
      );
      expect(() => attention.prepare(read, ones([batch, time + 1]))).toThrow('expected a mask of [2, 5]');
      expect(() =>
        attention.prepare(
          read,
          tensor2d([
            [1, 0, 0, 0, 0],
            [0, 0, 0, 0, 0],
          ]),
        ),
      ).toThrow('only zeros in row 1');
      expect(() => attention.attend(ones([batch, 1, 11]) as Tensor3D, prepared)).toThrow(
        'queries of [2, queries, 4]',
      );
      expect(() => attention.attend(ones([3, 1, size]) as Tensor3D, prepared)).toThrow(
        'queries of [2, queries, 4]',
      );
      attention.dispose();
      expect(() => attention.prepare(read, mask())).toThrow('was used after dispose()');
    });
    expect(memory().numTensors).toBe(before);
  });
});

test('luong dot by hand: the weight of each position is the softmax of its product with the query', () => {
  tidy(() => {
    const attention = luongAttention({ score: 'dot' }).build({
      querySize: 1,
      memorySize: 1,
      random: createRandom(1),
    });
    const read = tensor3d([[[0], [Math.log(3)]]]);
    const { weights, context } = attention.attend(ones([1, 1, 1]), attention.prepare(read, ones([1, 2])));
    expect(values(weights)[1]).toBeCloseTo(0.75, 6);
    expect(values(context)[0]).toBeCloseTo(0.75 * Math.log(3), 6);
  });
});

test('multi-head attention gives the weights of each head, and their mean', () => {
  tidy(() => {
    const attention = multiHeadAttention({ heads: 2 }).build({
      querySize: 4,
      memorySize: 4,
      random: createRandom(1),
    });
    const prepared = attention.prepare(normal([1, 3, 4], 1), ones([1, 3]));
    const { headWeights, weights } = attention.attend(normal([1, 1, 4], 2), prepared);
    expect(headWeights.shape).toEqual([1, 2, 1, 3]);
    const heads = values(headWeights);
    values(weights).forEach((mean, i) =>
      expect(mean).toBeCloseTo(((heads[i] as number) + (heads[i + 3] as number)) / 2, 6),
    );
  });
});

test('dropout of multi-head attention works in training alone', () => {
  tidy(() => {
    const attention = multiHeadAttention({ heads: 1, dropout: 0.5 }).build({
      querySize: 4,
      memorySize: 4,
      random: createRandom(1),
    });
    const prepared = attention.prepare(normal([1, 7, 4], 1), ones([1, 7]));
    const run = (training: boolean): number[] =>
      values(attention.attend(normal([1, 1, 4], 2), prepared, { training }).context);
    expect(run(false)).toEqual(run(false));
    expect(run(true)).not.toEqual(run(false));
  });
});

test('parts that do not fit and options that nobody reads are refused', () => {
  const wiring = { querySize: 4, memorySize: 6, random: createRandom(1) };
  expect(() => luongAttention({ score: 'dot' }).build(wiring)).toThrow(
    "luongAttention({ score: 'dot' }): expected a memory as wide as the query (4) but received 6.",
  );
  expect(() => scaledDotProductAttention().build(wiring)).toThrow('Use multiHeadAttention');
  expect(() => multiHeadAttention({ heads: 3 }).build(wiring)).toThrow(
    'multiHeadAttention: expected a number of heads that divides the width (4) but received 3.',
  );
  expect(() => luongAttention({ score: 'dot', units: 3 })).toThrow("no units and no bias with score 'dot'");
  expect(() => luongAttention({ score: 'cosine' as 'dot' })).toThrow(
    "score to be one of 'dot', 'general', 'concat'",
  );
  expect(() => bahdanauAttention({ size: 3 } as object)).toThrow(
    'option names among units, bias but received "size"',
  );
  expect(() => multiHeadAttention({ dropout: 1 })).toThrow('dropout to be a finite number');
});
