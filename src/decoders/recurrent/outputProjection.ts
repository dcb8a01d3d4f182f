import { concat, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { linear } from '../../ops/linear.js';
import type { ReadoutValues, RecurrentDecoderLayout } from './layout.js';
import type { RecurrentDecoderParts } from './parts.js';

/** What the output projection reads, its parts side by side: `[rows, featureSize]`. */
export function readoutFeatures({ readout }: RecurrentDecoderLayout, values: ReadoutValues): Tensor2D {
  const parts = readout.map(({ name }) => values[name] as Tensor2D);
  return parts.length === 1 ? (parts[0] as Tensor2D) : concat(parts, 1);
}

/** `[rows, featureSize]` to `[rows, outputSize]`. */
export function projectFeatures({ projection }: RecurrentDecoderParts, features: Tensor2D): Tensor2D {
  return linear(features, projection.weight, projection.bias);
}

/** What is fed next where it is not forced: ids `[rows]`, or frames `[rows, features]`. */
export function predictNext(parts: RecurrentDecoderParts, values: ReadoutValues): Tensor {
  return parts.target.predict(projectFeatures(parts, readoutFeatures(parts.layout, values)));
}
