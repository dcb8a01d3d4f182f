import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { stored, type Fixture } from './fixture.js';

/**
 * A stored mask in this library's form, float32 with 1 = real or allowed.
 *
 * @param one what 1 means in the file; PyTorch's padding masks mark what may not be attended
 */
export function storedMask<T extends Tensor>(
  fixture: Fixture,
  name: string,
  one: 'allowed' | 'forbidden',
): T {
  const { data, shape } = stored(fixture, name);
  return tensor(
    Float32Array.from(data, (value) => ((value === 1) === (one === 'allowed') ? 1 : 0)),
    shape,
  ) as T;
}
