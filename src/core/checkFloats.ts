import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { mismatch } from './errors.js';

/**
 * Refuses tensors that are not float32 or not of these shapes: a fast kernel would misread other numbers, and read past the
 * end of a smaller tensor, where others broadcast it or fail in words of their own.
 *
 * @param where the operation, for messages
 * @throws `invalid-shape`
 */
export function checkFloats(
  where: string,
  tensors: Readonly<Record<string, TensorInfo | undefined>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = tensors[name];
    if (tensor?.dtype === 'float32' && util.arraysEqual(tensor.shape, [...shape])) continue;
    throw mismatch('invalid-shape', {
      where,
      expected: `${name} to be float32 of shape [${shape.join(', ')}]`,
      received: tensor && `${tensor.dtype} of shape [${tensor.shape.join(', ')}]`,
    });
  }
}
