import '@tensorflow/tfjs-backend-cpu';
import { engine, memory, mul, randomNormal, registerKernel, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { uninstallWasmKernels } from '../../src/backend/wasm/index.js';
import { plainSegmentSum } from '../../src/backend/wasm/plainSegmentSum.js';
import type { Context } from '../../src/contracts/context.js';
import type { Forcing } from '../../src/contracts/decoder.js';
import { disposeTensors, tensorsOf } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { expectValues } from '../support/closeTo.js';
import {
  batchOf,
  buildDecoder,
  contextFor,
  decoderCases,
  teacherForcingMaskOf,
  placements,
  plainCase,
  size,
  timeOf,
  type DecoderCase,
} from './decoderCases.js';

/** Loss and gradients, of the context as well. */
function train(
  given: DecoderCase,
  context: Context,
  fed: Float32Array,
  teacherForcingMask: Forcing,
): Record<string, number[]> {
  const decoder = buildDecoder(given); // anew, so that dropout draws the same masks
  const batch = batchOf(given, fed);
  const variables = Object.fromEntries(
    tensorsOf([context.memory, context.summary, context.state]).map((value, i) => [`context${i}`, value]),
  );
  const loss = (): Scalar => {
    const logits = decoder.logits(decoder.features(batch, context, teacherForcingMask, { training: true }));
    return sum(mul(logits, randomNormal(logits.shape, 0, 1, 'float32', given.seed)));
  };
  const results = computeGradients(loss, { ...decoder.parameters(), ...variables } as never);
  const values = Object.entries({ loss: results.loss, ...results.gradients }).map(([name, value]) => [
    name,
    [...value.dataSync()],
  ]);
  disposeTensors(results);
  batch.dispose();
  decoder.dispose();
  return Object.fromEntries(values) as Record<string, number[]>;
}

/** What the rule feeds, by one forced pass a position. */
function choose(
  given: DecoderCase,
  context: Context,
  reference: Float32Array,
  teacherForcingMask: Uint8Array,
): Float32Array {
  const { lengths, kind } = given;
  const [time, width] = [timeOf(given), kind === 'tokens' ? 1 : size];
  const fed = Float32Array.from(reference);
  const starts = lengths.map((_, row) => lengths.slice(0, row).reduce((total, length) => total + length, 0));
  for (let t = 1; t < time; t++) {
    const decoder = buildDecoder(given);
    const batch = batchOf(given, fed);
    const outputs = tidy(() =>
      decoder.logits(decoder.features(batch, context, null, { training: true })).arraySync(),
    );
    batch.dispose();
    decoder.dispose();
    lengths.forEach((length, row) => {
      if (t >= length || teacherForcingMask[row * time + t] === 1) return;
      const predicted = outputs[(starts[row] as number) + t - 1] as number[];
      const values =
        kind === 'tokens' ? [predicted.indexOf(Math.max(...predicted))] : predicted.slice(0, size);
      fed.set(values, (row * time + t) * width);
    });
  }
  return fed;
}

const backends: Record<string, () => Promise<unknown>> = {
  cpu: () => useBackend('cpu'),
  wasm: () => useBackend('wasm'),
  async 'wasm without kernels'() {
    await useBackend('wasm');
    uninstallWasmKernels();
    registerKernel(plainSegmentSum);
  },
};

describe.each(Object.keys(backends))('on %s', (name) => {
  beforeAll(() => (backends[name] as () => Promise<unknown>)());

  test('loss and gradients are those of the chosen inputs, forced', () => {
    fc.assert(
      fc.property(decoderCases, (given) => {
        const count = memory().numTensors;
        const context = contextFor(given);
        const random = createRandom(given.seed + 1);
        const width = given.kind === 'tokens' ? 1 : size;
        const reference = Float32Array.from({ length: given.lengths.length * timeOf(given) * width }, () =>
          given.kind === 'tokens' ? random.integer(size) : random.normal(),
        );
        const teacherForcingMask = teacherForcingMaskOf(given);
        const chosen = choose(given, context, reference, teacherForcingMask);
        const expected = train(given, context, chosen, null);
        const actual = train(given, context, reference, teacherForcingMask);
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        for (const [key, values] of Object.entries(actual)) {
          const scale = Math.max(1, ...(expected[key] as number[]).map(Math.abs));
          expectValues(values, expected[key] as number[], 1e-4 * scale);
        }
        expect(train(given, context, reference, teacherForcingMask)).toEqual(actual);
        disposeTensors(context);
        expect(memory().numTensors).toBe(count);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test.each(Object.keys(placements).filter((placement) => placement !== 'none'))(
    'an attention %s that fails while inputs are chosen leaves nothing behind',
    (placement) => {
      const given: DecoderCase = { ...plainCase, placement };
      const context = contextFor(given);
      const reference = Float32Array.from({ length: 8 }, (_, i) => i % size);
      const batch = batchOf(given, reference);
      const teacherForcingMask = new Uint8Array(8);
      let calls = 0;
      const decoder = buildDecoder(given, (attention) => ({
        ...attention,
        attend(...read) {
          if (++calls === 3) throw new RangeError('the third look');
          return attention.attend(...read);
        },
      }));
      const count = memory().numTensors;
      const run = (): unknown => decoder.features(batch, context, teacherForcingMask, { training: true });
      const taped = (): unknown => computeGradients(() => sum(run() as Tensor2D), decoder.parameters());
      for (const failing of [run, taped]) {
        calls = 0;
        expect(failing).toThrow('the third look');
        expect(memory().numTensors).toBe(count);
        expect(engine().state.kernelDepth).toBe(0);
      }
      disposeTensors(context);
      [batch, decoder].forEach((part) => part.dispose());
    },
  );
});
