import { mismatch } from '../core/errors.js';

/**
 * Perplexity: `exp(mean negative log-likelihood)` over the real tokens. 1 is perfect; a uniform guess among V
 * tokens has V.
 *
 * @param logProbabilities natural log-probability of each reference token
 * @param mask 1 = real, 0 = left out; of the same length. Default: all are real
 * @throws `invalid-input` where no token is real or lengths differ; `not-finite` for NaN at a real token
 *
 * @example
 * ```ts
 * import { perplexity } from 'tfjs-seq2seq';
 *
 * console.log(perplexity([Math.log(0.25), Math.log(0.25), -9], [1, 1, 0])); // 4
 * ```
 */
export function perplexity(logProbabilities: ArrayLike<number>, mask?: ArrayLike<number>): number {
  const where = 'perplexity';
  if (mask !== undefined && mask.length !== logProbabilities.length) {
    throw mismatch('invalid-input', {
      where,
      expected: `a mask of length ${logProbabilities.length}, one entry a token,`,
      received: mask.length,
    });
  }
  let sum = 0;
  let tokens = 0;
  for (let i = 0; i < logProbabilities.length; i++) {
    if (mask !== undefined && mask[i] === 0) continue;
    sum -= logProbabilities[i]!;
    tokens++;
  }
  if (tokens === 0)
    throw mismatch('invalid-input', { where, expected: 'at least one real token', received: 0 });
  if (Number.isNaN(sum)) {
    throw mismatch('not-finite', { where, expected: 'log-probabilities of real tokens', received: NaN });
  }
  return Math.exp(sum / tokens);
}
