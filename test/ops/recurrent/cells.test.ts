import {
  add,
  grads,
  memory,
  ones,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '#gradients';
import { useBackend } from '../../../src/backend/useBackend.js';
import { createRandom } from '../../../src/core/random.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { CELLS, type CellDefinition, type RecurrentCell } from '../../../src/ops/recurrent/cells.js';
import { recurrentSequence } from '../../../src/ops/recurrent/recurrentSequence.js';
import { expectTensor } from '../../support/closeTo.js';

/** `h' = x + u`: no backend has a kernel for it. */
const identity: CellDefinition = {
  gates: 1,
  hasCellState: false,
  forward(x, u) {
    const h: Tensor2D = add(x, u);
    return { state: { h }, saved: h };
  },
  backward: ({ h }) => ({ dx: h, du: h, dh: null }),
};
const cell = 'identity' as RecurrentCell;
const table = CELLS as Record<RecurrentCell, CellDefinition>;

describe.each(['cpu', 'wasm'] as const)('a cell that is one more entry of the table, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    table[cell] = identity;
  });
  afterAll(() => {
    Reflect.deleteProperty(table, cell);
  });

  test('runs, and has its gradient', () => {
    const before = memory().numTensors;
    tidy(() => {
      const run = (...all: Tensor[]): Tensor => {
        const [projected, h, weight, bias] = all as [Tensor3D, Tensor2D, Tensor2D, Tensor1D];
        const inputs = { projected, mask: ones([1, 3]) as Tensor2D, initial: { h }, weight, bias };
        return recurrentSequence(inputs, { cell }).output;
      };
      // h' = x + 2 h + 1, from 4
      const inputs = [tensor3d([1, 0, 1], [1, 3, 1]), tensor2d([[4]]), tensor2d([[2]]), tensor1d([1])];
      expectTensor(run(...inputs), [1, 3, 1], [10, 21, 44]);
      const [dx, dh, dWeight, dBias] = grads((...all) => sum(run(...all)))(inputs) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      expectTensor(dx, [1, 3, 1], [7, 3, 1]);
      expectTensor(dh, [1, 1], [14]);
      expectTensor(dWeight, [1, 1], [7 * 4 + 3 * 10 + 21]);
      expectTensor(dBias, [1], [11]);
    });
    expect(memory().numTensors).toBe(before);
  });

  test('is an option of the blocks', () => {
    const encoder = recurrentEncoder({ cell: cell as 'gru', units: 3 }).build({
      source: { kind: 'frames', features: 2 },
      random: createRandom(1),
    });
    expect(encoder.parameters()['rnn.weight_ih_l0']?.shape).toEqual([3, 2]);
    expect(encoder.stateShape).toEqual({ layers: 1, units: 3, cell: false });
    tidy(() => {
      expect(encoder.forward(zeros([1, 2, 2]), ones([1, 2])).memory.shape).toEqual([1, 2, 3]);
    });
    encoder.dispose();
  });
});

test('a cell that is not in the table is refused', () => {
  expect(() => recurrentEncoder({ cell: cell as 'gru', units: 3 })).toThrow("one of 'rnn', ");
  tidy(() => {
    const inputs = {
      projected: ones([1, 3, 1]) as Tensor3D,
      mask: ones([1, 3]) as Tensor2D,
      initial: { h: zeros([1, 1]) as Tensor2D },
      weight: ones([1, 1]) as Tensor2D,
      bias: ones([1]) as Tensor1D,
    };
    expect(() => recurrentSequence(inputs, { cell })).toThrow(
      `cell to be one of '${Object.keys(CELLS).join("', '")}'`,
    );
  });
});
