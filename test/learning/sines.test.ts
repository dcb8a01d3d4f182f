import { expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { createRandom } from '../../src/core/random.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import type { FramePair } from '../../src/model/input/encodeInput.js';
import { adam } from '../../src/training/optimizers/adam.js';

const random = createRandom(7);
const between = (from: number, to: number): number => from + (to - from) * random.next();
const [past, future] = [24, 12];

/**
 * The sum of two sines of periods 8 and 19, of any phase and of amplitudes from 0.2 to 0.5: 24 frames, and
 * the next 12.
 */
function signal(): FramePair {
  const waves = [8, 19].map((period) => ({
    period,
    phase: between(0, 2 * Math.PI),
    amplitude: between(0.2, 0.5),
  }));
  const frames = Array.from({ length: past + future }, (_, t) => [
    waves.reduce(
      (sum, { period, phase, amplitude }) => sum + amplitude * Math.sin((2 * Math.PI * t) / period + phase),
      0,
    ),
  ]);
  return { source: frames.slice(0, past), target: frames.slice(past) };
}

/** The mean absolute error of a forecast that repeats the last frame. */
function naiveError(pairs: readonly FramePair[]): number {
  const errors = pairs.flatMap(({ source, target }) => {
    const last = (source.at(-1) as number[])[0] as number;
    return target.map((frame) => Math.abs((frame[0] as number) - last));
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

test('learns to continue a sum of sines', async () => {
  await useBackend('wasm');
  const [pairs, unseen] = [1500, 200].map((count) => Array.from({ length: count }, signal)) as [
    FramePair[],
    FramePair[],
  ];
  const model = seq2seq()
    .source({ features: 1 })
    .target({ features: 1 })
    .encoder(recurrentEncoder({ units: 48 }))
    .decoder(recurrentDecoder({ units: 48 }))
    .build({ seed: 1 });
  const [epochs, batchSize] = [40, 32];
  const steps = epochs * Math.ceil(pairs.length / batchSize);
  await model.fit(pairs, {
    epochs,
    batchSize,
    optimizer: adam({ learningRate: (step) => 0.005 * (1 + Math.cos((Math.PI * step) / (steps + 1))) }),
    // The second half runs freely, as a forecast does.
    teacherForcing: { schedule: (step) => Math.max(0, 1 - (2 * step) / steps), per: 'batch' },
  });
  const { freeRunningMeanAbsoluteError, lengthAccuracy } = await model.evaluate(unseen);
  model.dispose();
  expect(naiveError(unseen)).toBeGreaterThan(0.2);
  expect(freeRunningMeanAbsoluteError).toBeLessThan(0.05);
  expect(lengthAccuracy).toBe(1);
}, 300_000);
