import '@tensorflow/tfjs-backend-cpu';
import { add, concat, fill, memory, mul, ones, slice, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type {
  FrameGenerationOptions,
  FrameStepFunction,
  GeneratedFrames,
} from '../../src/contracts/frameGeneration.js';
import { tidyTensors } from '../../src/core/containers.js';
import { generateFrames } from '../../src/decoding/generateFrames.js';
import { greedy } from '../../src/decoding/greedySearch.js';

beforeAll(() => useBackend('cpu'));

/**
 * Counts down from what stands in the constants and ends at 0; a frame is the last one plus [1, 2]. The state
 * counts steps.
 */
const countdown: FrameStepFunction<Tensor2D, Tensor2D> = (last, state, _position, from) =>
  tidyTensors(() => {
    const steps = add(state, 1) as Tensor2D;
    const left = add(from, mul(steps, -1)); // 0 at the last frame
    const logit = add(mul(left, -8), 4); // 4 at the end, at most -4 before it
    const frames = add(last, tensor2d([[1, 2]]));
    return {
      logits: concat([frames, logit], 1) as Tensor2D,
      state: steps,
      attention: mul(ones([last.shape[0], 3]), from) as Tensor2D,
    };
  });

const features = 2;
const sourceLengths = [3, 2, 1];

/** Three sentences of 2, 5 and 1 frames. */
async function run(
  options: FrameGenerationOptions = {},
  step: FrameStepFunction<Tensor2D, Tensor2D> = countdown,
): Promise<GeneratedFrames[]> {
  const before = memory().numTensors;
  const state = fill([3, 1], 0) as Tensor2D;
  const constants = tensor2d([[2], [5], [1]]);
  const setup = { batchSize: 3, features, constants, sourceLengths };
  try {
    const frames = generateFrames('generate', step, state, setup, options);
    for (;;) {
      const { done, value } = await frames.next();
      if (done === true) return value;
    }
  } finally {
    expect(state.isDisposed || constants.isDisposed).toBe(false);
    state.dispose();
    constants.dispose();
    expect(memory().numTensors).toBe(before);
  }
}

const lengths = (found: GeneratedFrames[]): number[] => found.map(({ frames }) => frames.length);

describe('generateFrames', () => {
  test('feeds each frame to the next step, and ends each row by itself', async () => {
    const found = await run();
    expect(lengths(found)).toEqual([2, 5, 1]);
    expect(found[1]?.frames.map((frame) => [...frame])).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
      [4, 8],
      [5, 10],
    ]);
    const [more, last] = [1 / (1 + Math.exp(4)), 1 / (1 + Math.exp(-4))];
    expect(found[0]?.stopProbabilities[0]).toBeCloseTo(more, 6);
    expect(found[0]?.stopProbabilities[1]).toBeCloseTo(last, 6);
    expect(found.map(({ finishReason }) => finishReason)).toEqual(['stop', 'stop', 'stop']);
  });

  test('returns the attention of each frame, without padding', async () => {
    const [first, second, third] = await run();
    expect(first?.attention?.map((row) => [...row])).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect(second?.attention?.[4]).toEqual(Float32Array.of(5, 5));
    expect(third?.attention).toEqual([Float32Array.of(1)]);
  });

  test('rows that have ended leave the work', async () => {
    const rows: number[] = [];
    const reports: unknown[] = [];
    await run({ onStep: (report) => void reports.push(report) }, (last, ...rest) => {
      rows.push(last.shape[0]);
      return countdown(last, ...rest);
    });
    expect(rows).toEqual([3, 2, 1, 1, 1]);
    expect(reports[0]).toEqual({ position: 0, rows: 3, finishedSentences: 1, batchSize: 3 });
    expect(reports[4]).toEqual({ position: 4, rows: 1, finishedSentences: 3, batchSize: 3 });
  });

  test.each<[string, FrameGenerationOptions, number[], string]>([
    ['maxLength', { maxLength: 3 }, [2, 3, 1], 'stop length stop'],
    ['maxLength of the source', { maxLength: { timesSource: 1 } }, [2, 2, 1], 'stop length stop'],
    [
      'maxLength of the source, at least 1',
      { maxLength: { timesSource: 0.1 } },
      [1, 1, 1],
      'length length stop',
    ],
    [
      'maxLength of the source, at least minLength',
      { maxLength: { timesSource: 1 }, minLength: 3 },
      [3, 3, 3],
      'stop length stop',
    ],
    ['minLength', { minLength: 2 }, [2, 5, 2], 'stop stop stop'],
    [
      'a threshold that nothing exceeds',
      { stopThreshold: 1, maxLength: 4 },
      [4, 4, 4],
      'length length length',
    ],
    ['a threshold that everything exceeds', { stopThreshold: 0 }, [1, 1, 1], 'stop stop stop'],
  ])('follows %s', async (_, options, expected, reasons) => {
    const found = await run(options);
    expect(lengths(found)).toEqual(expected);
    expect(found.map(({ finishReason }) => finishReason).join(' ')).toBe(reasons);
  });

  test('gives each frame before the next step runs, and frees everything when left early', async () => {
    const before = memory().numTensors;
    const state = fill([1, 1], 0) as Tensor2D;
    const constants = tensor2d([[4]]);
    let steps = 0;
    const setup = { batchSize: 1, features, constants, sourceLengths: [3] };
    const counted: typeof countdown = (...given) => {
      steps++;
      return countdown(...given);
    };
    for await (const { sentence, position, frame, stopProbability } of generateFrames(
      'stream',
      counted,
      state,
      setup,
      {},
    )) {
      expect(steps).toBe(position + 1);
      expect([sentence, ...frame]).toEqual([0, position + 1, 2 * position + 2]);
      expect(stopProbability).toBeLessThan(0.5);
      if (position === 1) break;
    }
    expect(steps).toBe(2);
    state.dispose();
    constants.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('stops at a signal, before or between steps', async () => {
    const aborted = expect.objectContaining({ code: 'aborted', cause: 'enough' }) as Error;
    await expect(run({ signal: AbortSignal.abort('enough') })).rejects.toThrow(aborted);
    const controller = new AbortController();
    const positions: number[] = [];
    const onStep = ({ position }: { position: number }): void => {
      positions.push(position);
      if (position === 1) controller.abort('enough');
    };
    await expect(run({ signal: controller.signal, onStep })).rejects.toThrow(aborted);
    expect(positions).toEqual([0, 1]);
  });

  test('refuses frames that are not finite, and steps of another width', async () => {
    const broken: typeof countdown = async (last, state, position, from) => {
      const { logits, ...rest } = await countdown(last, state, position, from);
      if (position === 0) return { logits, ...rest };
      logits.dispose();
      return { logits: fill([2, 3], position === 1 ? NaN : 0), ...rest };
    };
    await expect(run({}, broken)).rejects.toThrow(expect.objectContaining({ code: 'not-finite' }));
    const narrow: typeof countdown = async (...given) => {
      const { logits, ...rest } = await countdown(...given);
      const cut = slice(logits, [0, 0], [-1, 2]);
      logits.dispose();
      return { logits: cut, ...rest };
    };
    await expect(run({}, narrow)).rejects.toThrow(
      'generate: expected the step to return [rows, 3], a frame and the logit of its being the last, ' +
        'but received [3, 2].',
    );
  });

  test.each<[string, object, RegExp]>([
    ['a strategy', greedy(), /the strategy greedy\(\)"\. Strategies choose among tokens/],
    [
      'unknown names',
      { temperature: 1 },
      /option names among maxLength, minLength, stopThreshold, signal, onStep/,
    ],
    ['a threshold above 1', { stopThreshold: 1.5 }, /stopThreshold to be a finite number/],
    ['no length', { maxLength: 0 }, /maxLength to be a whole number of at least 1/],
    ['no least length', { minLength: 0 }, /minLength to be a whole number of at least 1/],
    ['a least length above the longest', { minLength: 4, maxLength: 3 }, /minLength to be at most maxLength/],
    ['an onStep that is none', { onStep: 1 }, /onStep to be a function/],
    ['a signal that is none', { signal: 5 }, /signal to be an AbortSignal/],
    ['nothing', null as never, /an options object/],
  ])('refuses %s', async (_, options, message) => {
    await expect(run(options)).rejects.toThrow(message);
    await expect(run(options)).rejects.toMatchObject({ code: 'invalid-option' });
  });
});
