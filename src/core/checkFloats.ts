import type { TensorInfo } from '@tensorflow/tfjs-core';
import { mismatch } from './errors.js';

/**
 * Refuses tensors of other shapes, and tensors that are not float32 (or another `dtype`). A fast kernel would
 * misread other numbers, and would read past the end of a smaller tensor.
 *
 * @param where the operation, for messages
 * @throws `invalid-shape`
 */
export function checkFloats(
  where: string,
  tensors: Readonly<Record<string, TensorInfo | undefined>>,
  shapes: Readonly<Record<string, readonly number[]>>,
  { dtype = 'float32', hint = '' }: { readonly dtype?: 'float32' | 'int32'; readonly hint?: string } = {},
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = tensors[name];
    const fits = tensor?.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i]);
    if (fits && tensor.dtype === dtype) continue;
    throw mismatch('invalid-shape', {
      where,
      expected: `${name} to be ${dtype} of shape [${shape.join(', ')}]`,
      received: tensor && `${tensor.dtype} of shape [${tensor.shape.join(', ')}]`,
      hint,
    });
  }
}
