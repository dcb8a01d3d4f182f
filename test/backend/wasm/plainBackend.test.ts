import '#gradients';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { backend, getKernel, memory, setBackend, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { installWasmKernels } from '../../../src/backend/wasm/index.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { linear } from '../../../src/ops/linear.js';
import { kinds } from '../../model/generation/generationKinds.js';
import { pairs } from '../../model/tinyModel.js';

// A version of tfjs that keeps its memory elsewhere: the kernels cannot be installed.
beforeAll(async () => {
  await setBackend('wasm');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { wasm } = backend() as unknown as { wasm: { asm: unknown } };
  const { asm } = wasm;
  wasm.asm = undefined;
  await installWasmKernels();
  wasm.asm = asm;
  warn.mockRestore();
  expect(getKernel('Seq2SeqAdam', 'wasm')).toBeUndefined();
});

it('linear writes its output alone', () => {
  const before = memory().numTensors;
  for (let round = 0; round < 50; round++) {
    tidy(() => {
      const weight = tensor2d([[1, 0], [0, 1], [1, 1], [2, 0], [0, 2]]); // prettier-ignore
      const y = linear(tensor2d([[1, 2], [3, 4], [5, 6]]), weight, tensor1d([10, 20, 30, 40, 50])); // prettier-ignore
      expect(y.arraySync()).toEqual([
        [11, 22, 33, 42, 54],
        [13, 24, 37, 46, 58],
        [15, 26, 41, 50, 62],
      ]);
    });
  }
  expect(memory().numTensors).toBe(before);
});

describe.each(Object.entries(kinds))('a model of kind %s', (_, build) => {
  it("trains as on cpu with tfjs's own kernels", async () => {
    const losses = async (name: string): Promise<number> => {
      await setBackend(name);
      const before = memory().numTensors;
      const model = build();
      await model.fit(pairs, { epochs: 1, batchSize: 4 });
      const { loss } = await model.evaluate(pairs);
      model.dispose();
      expect(memory().numTensors).toBe(before);
      return loss;
    };
    expect(await losses('wasm')).toBeCloseTo(await losses('cpu'), 3);
    await setBackend('wasm');
  });

  it("generates with tfjs's own kernels", async () => {
    const before = memory().numTensors;
    const model = build();
    for (const strategy of [greedy({ maxLength: 5 }), beam({ width: 3, maxLength: 5 })]) {
      const [first, second] = await model.generateBatch(['a b c', 'd'], strategy);
      expect([first?.[0]?.score, second?.[0]?.score].every(Number.isFinite)).toBe(true);
    }
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
