import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { normalInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';

/**
 * Adds `embedding.weight` `[vocabSize, size]`, drawn from N(0, deviation²). PyTorch's `nn.Embedding` has
 * deviation 1.
 */
export function addEmbedding(
  parameters: ParameterSet,
  vocabSize: number,
  size: number,
  random: Random,
  deviation = 1,
): Variable & Tensor2D {
  return parameters.add('embedding.weight', [vocabSize, size], normalInitializer(random, deviation));
}
