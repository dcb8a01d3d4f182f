import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor1d, tensor2d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { disposeTensors } from '../../src/core/containers.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import {
  frameLoss,
  type FrameLossInputs,
  type FrameLossOptions,
} from '../../src/training/losses/frameLoss.js';
import { stopTargets } from '../../src/training/losses/stopTargets.js';
import { expectValues } from '../support/closeTo.js';
import { variableOf } from '../support/variableOf.js';

beforeAll(() => useBackend('cpu'));

/**
 * Three rows of frames of two numbers, and a logit.
 * The outputs stand in the features: the projection is the identity.
 */
function inputs(rows: number[][], targets: number[][], stops: number[]): FrameLossInputs {
  return {
    features: tensor2d(rows),
    weight: tensor2d([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
    bias: tensor1d([0, 0, 0]),
    targets: tensor2d(targets),
    stops: tensor1d(stops),
  };
}

const rows = [
  [1, 2, 0],
  [3, 5, -1],
  [0, 0, 2],
];
const targets = [
  [1, 3],
  [1, 5],
  [0, -2],
];
// errors 0 -1 | 2 0 | 0 2
const ends = [Math.log(2), Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(-2))]; // for the targets 0, 0, 1
const end = ends.reduce((sum, value) => sum + value, 0) / 3;

function lossOf(given: FrameLossInputs, options: FrameLossOptions = {}): number {
  return tidy(() => frameLoss(options)(given).dataSync()[0] as number);
}

describe('frameLoss', () => {
  it.each<[string, FrameLossOptions, number]>([
    ['squared error and end', {}, (1 + 4 + 4) / 6 + end],
    ['absolute error', { error: 'absolute' }, (1 + 2 + 2) / 6 + end],
    ['a lighter end', { stopWeight: 0.25 }, 9 / 6 + end / 4],
    ['no end', { stopWeight: 0 }, 9 / 6],
  ])('is what a hand computes: %s', (_, options, expected) => {
    const given = inputs(rows, targets, [0, 0, 1]);
    const before = memory().numTensors;
    expect(lossOf(given, options)).toBeCloseTo(expected, 5);
    expect(memory().numTensors).toBe(before);
    disposeTensors(given);
  });

  it('does not overflow where the end is certain', () => {
    const given = inputs(
      [
        [0, 0, 1000],
        [0, 0, -1000],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [1, 0],
    );
    expect(lossOf(given)).toBe(0);
    const wrong = { ...given, stops: tensor1d([0, 1]) };
    expect(lossOf(wrong)).toBeCloseTo(1000, 3);
    disposeTensors([given, wrong]);
  });

  it.each([
    ['squared', 'cpu'],
    ['absolute', 'cpu'],
    ['squared', 'wasm'],
    ['absolute', 'wasm'],
  ] as const)('counts what the mask keeps alone, in gradients too: %s on %s', async (error, backend) => {
    await useBackend(backend);
    const gradientsOf = (rows: number[][], targets: number[][], stops: number[], mask?: number[]) => {
      const features = variableOf<never>(rows);
      const weight = variableOf<never>([
        [1, 0.5],
        [0.25, -1],
        [0.5, 1],
      ]);
      const bias = variableOf<never>([0.125, 0, -0.5]);
      const fixed: { targets: Tensor2D; stops: Tensor1D; mask?: Tensor1D } = {
        targets: tensor2d(targets),
        stops: tensor1d(stops),
        ...(mask === undefined ? {} : { mask: tensor1d(mask) }),
      };
      const { loss, gradients } = computeGradients(
        () => frameLoss({ error, stopWeight: 0.5 })({ features, weight, bias, ...fixed }),
        { features, weight, bias },
      );
      const found = [loss, ...Object.values(gradients)].map((tensor) => [...tensor.dataSync()]);
      disposeTensors([loss, gradients, fixed, features, weight, bias]);
      return found;
    };
    const before = memory().numTensors;
    const alone = gradientsOf(
      [
        [1, 2],
        [-1, 0.5],
      ],
      [
        [0, 1],
        [2, -1],
      ],
      [0, 1],
    );
    const padded = gradientsOf(
      [
        [1, 2],
        [NaN, NaN],
        [-1, 0.5],
      ],
      [
        [0, 1],
        [NaN, 7],
        [2, -1],
      ],
      [0, 5, 1],
      [1, 0, 1],
    );
    expect(memory().numTensors).toBe(before);
    expectValues(padded[0] as number[], alone[0] as number[]);
    expectValues(padded[1] as number[], [
      ...(alone[1] as number[]).slice(0, 2),
      0,
      0,
      ...(alone[1] as number[]).slice(2),
    ]);
    expectValues(padded[2] as number[], alone[2] as number[]);
    expectValues(padded[3] as number[], alone[3] as number[]);
    expect((alone[2] as number[]).every((value) => value !== 0)).toBe(true);

    // central differences of the first feature
    const shifted = (by: number): number =>
      gradientsOf(
        [
          [1 + by, 2],
          [-1, 0.5],
        ],
        [
          [0, 1],
          [2, -1],
        ],
        [0, 1],
      )[0]?.[0] as number;
    expect(alone[1]?.[0]).toBeCloseTo((shifted(0.01) - shifted(-0.01)) / 0.02, 3);
    await useBackend('cpu');
  });

  it.each<[string, object]>([
    ['unknown names', { weight: 1 }],
    ['an unknown error', { error: 'relative' }],
    ['a negative weight', { stopWeight: -1 }],
  ])('refuses %s', (_, options) => {
    expect(() => frameLoss(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it.each<[string, object, RegExp]>([
    [
      'targets',
      { targets: tensor2d([[1, 2]]) },
      /targets to be float32 of shape \[3, 2\] but received "float32 of shape \[1, 2\]"/,
    ],
    [
      'a projection without the end',
      { weight: tensor2d([[1, 0, 0]]) },
      /weight to be float32 of shape \[3, 3\]/,
    ],
    ['stops', { stops: tensor1d([1]) }, /stops to be float32 of shape \[3\]/],
    ['a mask', { mask: tensor1d([1]) }, /mask to be float32 of shape \[3\]/],
    ['ids', { targets: tensor1d([1, 2, 3], 'int32') }, /frameLoss/],
  ])('refuses %s of another shape', (_, other, message) => {
    const given = { ...inputs(rows, targets, [0, 0, 1]), ...other };
    const before = memory().numTensors;
    expect(() => frameLoss()(given)).toThrow(message);
    expect(memory().numTensors).toBe(before);
    disposeTensors(given);
  });
});

describe('stopTargets', () => {
  it('is 1 at the last frame of each sequence', () => {
    const stops = stopTargets(Int32Array.of(3, 1, 2));
    expect([...stops.dataSync()]).toEqual([0, 0, 1, 1, 0, 1]);
    stops.dispose();
  });
});
