import '@tensorflow/tfjs-backend-cpu';
import {
  memory,
  mul,
  setBackend,
  square,
  sub,
  mean,
  tensor1d,
  type Scalar,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LossOptions, Trainable } from '../../src/contracts/trainable.js';
import type { NamedVariables } from '../../src/core/parameters.js';
import type { EpochRecord } from '../../src/training/history.js';
import { sgd } from '../../src/training/optimizers/sgd.js';
import { train } from '../../src/training/trainer.js';
import { TrainingStoppedError } from '../../src/training/trainingStoppedError.js';
import type { StepEvent } from '../../src/training/trainOptions.js';
import { variableOf } from '../support/variableOf.js';

interface Points {
  readonly x: Tensor1D;
  readonly y: Tensor1D;
  dispose(): void;
}

/** `y = slope x`, with a note of every call. */
function createLine(): Trainable<Points> & { slope(): number; calls: LossOptions[]; dispose(): void } {
  const slope = variableOf([0]);
  const calls: LossOptions[] = [];
  return {
    calls,
    parameters: (): NamedVariables => ({ slope }),
    loss({ x, y }, options) {
      calls.push(options);
      return mean(square(sub(mul(slope, x), y))) as Scalar;
    },
    tokens: ({ x }) => x.size,
    slope: () => slope.dataSync()[0] as number,
    dispose: () => slope.dispose(),
  };
}

function points(x: number[], slope = 3): Points {
  const tensors = { x: tensor1d(x), y: tensor1d(x.map((value) => value * slope)) };
  return { ...tensors, dispose: () => (tensors.x.dispose(), tensors.y.dispose()) };
}

function* batches(): Iterable<Points> {
  yield points([1]);
  yield points([1, 2, 3]);
}

beforeAll(() => setBackend('cpu'));
let before = 0;
beforeEach(() => void (before = memory().numTensors));

describe('train', () => {
  it('learns, reports, and leaves nothing behind', async () => {
    const line = createLine();
    const steps: StepEvent[] = [];
    const epochs: EpochRecord[] = [];
    const history = await train(line, {
      batches,
      epochs: 30,
      optimizer: sgd({ learningRate: (step) => (step < 10 ? 0.05 : 0.1) }),
      onStep: (event) => void steps.push(event),
      onEpoch: (record) => void epochs.push(record),
      validate: (epoch) => Promise.resolve({ accuracy: epoch / 30 }),
    });
    expect(line.slope()).toBeCloseTo(3, 4);
    expect(history.updates).toBe(60);
    expect(history.epochs).toEqual(epochs);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(epochs[29]?.validation).toEqual({ accuracy: 1 });
    expect(epochs[0]?.tokens).toBe(4);
    // step 1: loss 9, gradient -6; step 2: slope 0.3, loss 2.7² * 14 / 3
    expect(steps[0]).toMatchObject({ epoch: 1, epochs: 30, step: 1, of: null, tokens: 1, secondsLeft: null });
    expect(steps[0]?.loss).toBeCloseTo(9);
    expect(steps[0]?.gradientNorm).toBeCloseTo(6);
    expect(epochs[0]?.loss).toBeCloseTo((9 + 3 * ((2.7 ** 2 * 14) / 3)) / 4, 4);
    expect(steps[2]).toMatchObject({ epoch: 2, step: 1, of: 2, learningRate: 0.05 });
    expect(steps[10]?.learningRate).toBe(0.1);
    expect(steps.at(-1)?.secondsLeft).toBe(0);
    expect(line.calls.slice(0, 3)).toEqual([0, 1, 2].map((step) => ({ training: true, step })));
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('clips by the global norm', async () => {
    const line = createLine();
    const norms: number[] = [];
    const onStep = ({ gradientNorm }: StepEvent) => void norms.push(gradientNorm);
    const optimizer = sgd({ learningRate: 1 });
    await train(line, {
      batches: () => [points([1])],
      epochs: 1,
      clipNorm: 0.5,
      optimizer,
      onStep,
      stepsPerEpoch: 1,
    });
    expect(norms).toEqual([6]);
    expect(line.slope()).toBeCloseTo(0.5);
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each([NaN, Infinity])('stops at a loss of %s with the weights of the last good step', async (bad) => {
    const line = createLine();
    async function* data() {
      yield points([1]);
      await Promise.resolve();
      yield points([bad]);
      yield points([1]);
    }
    const optimizer = sgd({ learningRate: 0.1 });
    const error = await train(line, { batches: data, epochs: 2, optimizer }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TrainingStoppedError);
    expect(error).toMatchObject({ code: 'not-finite', history: { epochs: [], updates: 1 } });
    expect((error as Error).message).toContain('of update 2 is not finite');
    expect(line.slope()).toBeCloseTo(0.6);
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('stops between two steps when its signal fires, and says what was learnt', async () => {
    const line = createLine();
    const control = new AbortController();
    const options = {
      batches,
      epochs: 5,
      signal: control.signal,
      onStep: ({ epoch, step }: StepEvent) => void (epoch === 2 && step === 1 && control.abort('enough')),
    };
    const error = await train(line, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'aborted', cause: 'enough', history: { updates: 3 } });
    expect((error as TrainingStoppedError).history.epochs).toHaveLength(1);
    expect(line.slope()).toBeGreaterThan(0);
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('lets a timer abort an endless epoch', async () => {
    const line = createLine();
    const control = new AbortController();
    function* endless() {
      for (;;) yield points([1]);
    }
    setTimeout(() => control.abort(), 1);
    const training = train(line, { batches: endless, epochs: 1, signal: control.signal });
    await expect(training).rejects.toMatchObject({ code: 'aborted' });
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('frees everything, and closes the source, when a step throws', async () => {
    const line = createLine();
    let closed = false;
    function* data() {
      try {
        yield* batches();
      } finally {
        closed = true;
      }
    }
    const loss = () => {
      square(line.parameters()['slope'] as never);
      throw new Error('on purpose');
    };
    await expect(train({ ...line, loss }, { batches: data, epochs: 1 })).rejects.toThrow('on purpose');
    expect(closed).toBe(true);
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses what does not fit', async () => {
    const line = createLine();
    const refused = (options: object) => expect(train(line, { batches, epochs: 1, ...options })).rejects;
    await refused({ epochs: 0 }).toThrow(
      'train: expected epochs to be a whole number of at least 1 but received 0.',
    );
    await refused({ clipNorm: 0 }).toThrow('clipNorm');
    await refused({ stepsPerEpoch: 1.5 }).toThrow('stepsPerEpoch');
    await refused({ batches: [] }).toThrow('batches to be a function');
    for (const name of ['onStep', 'onEpoch', 'validate'])
      await refused({ [name]: 5 }).toThrow(`${name} to be a function`);
    await refused({ signal: true }).toThrow('signal to be an AbortSignal');
    await refused({ optimizer: {} }).toThrow('Pass an object such as adam() returns.');
    await refused({ batchSize: 3 }).toThrow('received "batchSize"');
    await refused({ batches: () => [] }).toThrow('batches in epoch 1');
    line.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
