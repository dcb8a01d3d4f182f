import '@tensorflow/tfjs-backend-cpu';
import { memory, ones, randomNormal, slice, tensor, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Context } from '../../src/contracts/context.js';
import type { Encoder, SequenceKind } from '../../src/contracts/encoder.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentEncoder, type RecurrentEncoderOptions } from '../../src/encoders/recurrentEncoder.js';
import { cells, hasCellState } from '../support/cells.js';
import { expectTensor, expectValues } from '../support/closeTo.js';

const tokens: SequenceKind = { kind: 'tokens', vocabSize: 7, padId: 0 };
const build = (options: RecurrentEncoderOptions, source: SequenceKind = tokens): Encoder =>
  recurrentEncoder(options).build({ source, random: createRandom(3) });
const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const set = (encoder: Encoder, values: Record<string, number[]>): void => {
  for (const [name, variable] of Object.entries(encoder.parameters())) {
    tidy(() => {
      const value = values[name] ?? new Array<number>(variable.size).fill(0);
      variable.assign(tensor(value, variable.shape));
    });
  }
};

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('known lengths leave padding out and change nothing', () => {
    const before = memory().numTensors;
    for (const [options, source] of [
      [
        { cell: 'gru', units: 3, layers: 2, bidirectional: true },
        ids([
          [1, 2, 3, 4],
          [4, 5, 0, 0],
          [6, 0, 0, 0],
        ]),
      ],
      [{ cell: 'lstm', units: 2 }, randomNormal<Rank.R3>([3, 4, 5], 0, 1, 'float32', 4)],
    ] as const) {
      const encoder = build(options, source.rank === 2 ? tokens : { kind: 'frames', features: 5 });
      const mask = tensor2d([
        [1, 1, 1, 1],
        [1, 1, 0, 0],
        [1, 0, 0, 0],
      ]);
      const [padded, packed] = [{}, { lengths: Int32Array.of(4, 2, 1) }].map((known) =>
        encoder.forward(source, mask, known),
      ) as [Context, Context];
      for (const name of ['memory', 'summary'] as const)
        expectTensor(packed[name], padded[name].shape, [...padded[name].dataSync()], 1e-6);
      expect(() => encoder.forward(source, mask, { lengths: Int32Array.of(4, 2) })).toThrow(
        /lengths of 3 rows/,
      );
      for (const lengths of [Int32Array.of(4, 1, 1), Int32Array.of(4, 3, 1)])
        expect(() => encoder.forward(source, mask, { lengths })).toThrow(
          `the mask of row 1 to be 1 up to its length, ${lengths[1]}, and 0 after it but received [1, 1, 0, 0]`,
        );
      const late = tensor2d([[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]); // prettier-ignore
      expect(() => encoder.forward(source, late, { lengths: Int32Array.of(4, 2, 1) })).toThrow(
        'Padding must be at the end of each row',
      );
      late.dispose();
      disposeTensors([padded, packed, mask, source]);
      encoder.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });

  test('one relu unit adds up what it reads: each row until its own last token, in both directions', () => {
    const before = memory().numTensors;
    const encoder = build({
      cell: 'rnn',
      activation: 'relu',
      units: 1,
      bidirectional: true,
      embeddingSize: 1,
    });
    // h' = relu(10 h + embedding): the digits of what was read; id k is embedded as k, padding as 9
    set(encoder, {
      'embedding.weight': [9, 1, 2, 3, 4, 5, 6],
      'rnn.weight_ih_l0': [1],
      'rnn.weight_hh_l0': [10],
      'rnn.weight_ih_l0_reverse': [1],
      'rnn.weight_hh_l0_reverse': [10],
    });
    const result = tidy(() => {
      const mask = tensor2d([
        [1, 1, 1],
        [1, 1, 0],
      ]);
      const {
        memory,
        mask: kept,
        summary,
        state,
      } = encoder.forward(
        ids([
          [1, 2, 3],
          [4, 5, 0],
        ]),
        mask,
      );
      return [memory, kept, summary, state?.[0]?.h as Tensor];
    });
    const [outputs, mask, summary, h] = result as [Tensor, Tensor, Tensor, Tensor];
    expectTensor(outputs, [2, 3, 2], [1, 321, 12, 32, 123, 3, 4, 54, 45, 5, 0, 0], 1e-4);
    expectTensor(mask, [2, 3], [1, 1, 1, 1, 1, 0]);
    expectTensor(summary, [2, 2], [123, 321, 45, 54], 1e-4);
    expectTensor(h, [2, 2], [123, 321, 45, 54], 1e-4);
    disposeTensors(result);
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  const cases = cells.flatMap((cell, i) => [
    [cell, 1, i % 2 === 1] as const,
    [cell, 2, i % 2 === 0] as const,
  ]);
  describe.each(cases)('%s, layers %i, bidirectional %o', (cell, layers, bidirectional) => {
    test('shapes are as declared, and padding changes nothing', () => {
      const before = memory().numTensors;
      const encoder = build({ cell, layers, bidirectional, units: 3, embeddingSize: 5 });
      const width = bidirectional ? 6 : 3;
      expect(encoder.memorySize).toBe(width);
      expect(encoder.summarySize).toBe(width);
      expect(encoder.stateShape).toEqual({ layers, units: width, cell: hasCellState(cell) });

      const built = memory().numTensors;
      const source = ids([
        [1, 5, 2, 0, 0],
        [1, 6, 4, 3, 2],
      ]);
      const mask = tensor2d([
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1],
      ]);
      const context = encoder.forward(source, mask);
      const perLayer = hasCellState(cell) ? 2 : 1;
      expect(memory().numTensors).toBe(built + 2 + 3 + layers * perLayer - 1); // the summary is a state

      expect(context.memory.shape).toEqual([2, 5, width]);
      expect(context.summary.shape).toEqual([2, width]);
      expect(context.state).toHaveLength(layers);
      for (const state of context.state ?? []) {
        expect(state.h.shape).toEqual([2, width]);
        expect(state.c?.shape).toEqual(hasCellState(cell) ? [2, width] : undefined);
      }
      tidy(() => {
        const alone = encoder.forward(ids([[1, 5, 2]]), ones([1, 3]));
        expectTensor(slice(context.memory, [0, 0, 0], [1, 3, width]), [1, 3, width], alone.memory.dataSync());
        expectValues(
          slice(context.memory, [0, 3, 0], [1, 2, width]).dataSync(),
          zeros([2 * width]).dataSync(),
          0,
        );
        alone.state?.forEach(({ h, c }, layer) => {
          const batched = context.state?.[layer];
          expectTensor(slice(batched?.h as Tensor2D, [0, 0], [1, width]), [1, width], h.dataSync());
          if (c !== undefined)
            expectTensor(slice(batched?.c as Tensor2D, [0, 0], [1, width]), [1, width], c.dataSync());
        });
      });
      disposeTensors([source, mask, context]);
      encoder.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });

  test('reads float frames without an embedding', () => {
    const before = memory().numTensors;
    const encoder = build({ units: 3 }, { kind: 'frames', features: 5 });
    expect(Object.keys(encoder.parameters())).not.toContain('embedding.weight');
    expect(encoder.parameters()['rnn.weight_ih_l0']?.shape).toEqual([9, 5]);
    tidy(() => {
      const frames = randomNormal<Rank.R3>([2, 7, 5], 0, 1, 'float32', 1);
      expect(encoder.forward(frames, ones([2, 7])).memory.shape).toEqual([2, 7, 3]);
    });
    encoder.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test.each([1, 2])(
    'dropout in %i layers acts in training alone, anew each time, and the same from the same seed',
    (layers) => {
      const before = memory().numTensors;
      const [a, b] = [1, 2].map(() => build({ units: 5, layers, dropout: 0.5 })) as [Encoder, Encoder];
      const source = ids([[1, 4, 2]]);
      const mask = ones([1, 3]) as Tensor2D;
      const run = (encoder: Encoder, training?: boolean): number[] => {
        const context: Context = encoder.forward(source, mask, training === undefined ? {} : { training });
        const values = [...context.memory.dataSync()];
        disposeTensors(context);
        return values;
      };
      const plain = run(a);
      expect(run(a, false)).toEqual(plain);
      const first = run(a, true);
      expect(first).not.toEqual(plain);
      expect(run(a, true)).not.toEqual(first);
      expect(run(a)).toEqual(plain);
      expect(run(b, true)).toEqual(first);
      disposeTensors([source, mask]);
      a.dispose();
      b.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
});

test("names its parameters as PyTorch's modules do, and draws them from PyTorch's ranges", () => {
  const encoder = build({ cell: 'lstm', units: 3, layers: 2, bidirectional: true, embeddingSize: 5 });
  const parts = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];
  const names = [0, 1].flatMap((layer) =>
    ['', '_reverse'].flatMap((suffix) => parts.map((part) => `rnn.${part}_l${layer}${suffix}`)),
  );
  const parameters = encoder.parameters();
  expect(Object.keys(parameters).sort()).toEqual(['embedding.weight', ...names].sort());
  expect(parameters['rnn.weight_ih_l0']?.shape).toEqual([12, 5]);
  expect(parameters['rnn.weight_ih_l1_reverse']?.shape).toEqual([12, 6]);
  for (const name of names) {
    const values = (parameters[name] as Variable).dataSync();
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(3));
    expect(new Set(values).size).toBeGreaterThan(1);
  }
  encoder.dispose();
});

test('a spec is plain data with the defaults filled in, and builds independent blocks', () => {
  const spec = recurrentEncoder({ units: 3 });
  expect([spec.role, spec.kind]).toEqual(['encoder', 'recurrentEncoder']);
  expect(spec.config).toEqual({
    cell: 'gru',
    activation: null,
    units: 3,
    layers: 1,
    dropout: 0,
    embeddingSize: null,
    bidirectional: false,
  });
  expect(recurrentEncoder(spec.config as never).config).toEqual(spec.config);
  const [a, b] = [build({ units: 3 }), build({ units: 3 })];
  a.dispose();
  expect(Object.keys(b.parameters())).toHaveLength(5);
  b.dispose();
});

test('dropout over frames needs layers to act between', () => {
  const before = memory().numTensors;
  const over = (layers: number): Encoder =>
    recurrentEncoder({ units: 3, layers, dropout: 0.5 }).build({
      source: { kind: 'frames', features: 2 },
      random: createRandom(1),
    });
  expect(() => over(1)).toThrow(
    expect.objectContaining({
      code: 'incompatible-parts',
      message:
        'recurrentEncoder: expected no dropout with one layer over float frames but received 0.5. It acts on embeddings and between layers, and here is neither: leave it out, or add layers.',
    }),
  );
  over(2).dispose();
  expect(memory().numTensors).toBe(before);
});

describe('bad input', () => {
  const refused = (run: () => unknown, code: string, message: string): void =>
    expect(run).toThrow(expect.objectContaining({ code, message }));

  test.each([
    [{ units: 0 }, 'units to be a whole number of at least 1 but received 0.'],
    [{}, 'units to be a whole number of at least 1 but received undefined.'],
    [{ units: 2, layers: 1.5 }, 'layers to be a whole number of at least 1 but received 1.5.'],
    [{ units: 2, dropout: 1 }, 'dropout to be a finite number (min 0, below 1) but received 1.'],
    [{ units: 2, cell: 'GRU' }, `cell to be one of '${cells.join("', '")}' but received "GRU".`],
    [
      { units: 2, activation: 'relu' },
      `activation only with cell 'rnn' but received "relu". Leave activation out, or set cell to 'rnn'.`,
    ],
    [
      { units: 2, cell: 'rnn', activation: 'elu' },
      `activation to be one of 'tanh', 'relu' but received "elu".`,
    ],
    [{ units: 2, embeddingSize: 0 }, 'embeddingSize to be a whole number of at least 1 but received 0.'],
    [{ units: 2, bidirectional: 1 }, 'bidirectional to be true or false but received 1.'],
    [
      { units: 2, hidden: 3 },
      'option names among cell, activation, units, layers, dropout, embeddingSize, bidirectional but received "hidden".',
    ],
  ])('%o', (options, message) => {
    refused(
      () => recurrentEncoder(options as never),
      'invalid-option',
      `recurrentEncoder: expected ${message}`,
    );
  });

  test('an embedding for frames', () => {
    const before = memory().numTensors;
    refused(
      () => build({ units: 2, embeddingSize: 3 }, { kind: 'frames', features: 5 }),
      'incompatible-parts',
      'recurrentEncoder: expected no embeddingSize with a source of float frames but received 3. Leave embeddingSize out: frames are read as they are.',
    );
    expect(memory().numTensors).toBe(before);
  });

  test('a source of another dtype, rank or width, and a mask of another shape', () => {
    const encoder = build({ units: 2 });
    const frames = build({ units: 2 }, { kind: 'frames', features: 5 });
    const before = memory().numTensors;
    tidy(() => {
      const floats = ones<Rank.R2>([2, 3]);
      refused(
        () => encoder.forward(floats, floats),
        'invalid-shape',
        'recurrentEncoder: expected source ids [batch, time] of dtype int32 but received "float32 [2,3]". Make batches with collate().',
      );
      refused(
        () => encoder.forward(ids([[1, 2, 3]]), ones([1, 2])),
        'invalid-shape',
        'recurrentEncoder: expected a source mask of [1, 3], 1 at real positions and 0 at padding, but received [1, 2]. Make batches with collate().',
      );
      refused(
        () => frames.forward(ones([2, 3, 7]), floats),
        'invalid-shape',
        'recurrentEncoder: expected source frames [batch, time, 5] of dtype float32 but received "float32 [2,3,7]". Make batches with collate().',
      );
    });
    expect(memory().numTensors).toBe(before);
    encoder.dispose();
    frames.dispose();
  });

  test('a disposed encoder', () => {
    const encoder = build({ units: 2 });
    encoder.dispose();
    encoder.dispose();
    const message = 'recurrentEncoder: was used after dispose(). Build or load it again.';
    refused(() => encoder.parameters(), 'disposed', message);
    tidy(() => {
      refused(() => encoder.forward(ids([[1]]), ones([1, 1])), 'disposed', message);
    });
  });
});
