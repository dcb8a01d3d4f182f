import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Asserts a shape and every element, within `tolerance`. */
export function expectTensor(
  actual: Tensor,
  shape: number[],
  values: ArrayLike<number>,
  tolerance = 1e-5,
): void {
  expect(actual.shape).toEqual(shape);
  expectValues(actual.dataSync(), values, tolerance);
}

/** Asserts every number of a list, within `tolerance`; NaN equals nothing. */
export function expectValues(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    if (a === e || Math.abs(a - e) <= tolerance) continue;
    expect.fail(`element ${i}: expected ${e} ± ${tolerance} but received ${a}`);
  }
}
