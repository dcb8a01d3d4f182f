import { expandDims, squeeze, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { readAndDispose } from '../../core/device.js';
import { logProbabilitiesOf } from '../../decoding/ops/logProbabilities.js';
import type { Pair } from '../input/encodeInput.js';
import { encodePair, exampleOf } from '../input/encodePairs.js';
import { exampleBatch } from '../input/exampleBatches.js';
import { checkAlive, readBatch, type ModelCore } from '../modelCore.js';

/** How probable a model finds a given target. */
export interface Score {
  /** Natural log-probability of the whole target, the end token's included. */
  readonly logProbability: number;
  /** One a token, then the end token's. */
  readonly tokenLogProbabilities: number[];
}

/**
 * Forced decoding: the log-probability of a target, given its source.
 * An empty target is the end token alone.
 */
export async function score(core: ModelCore, pair: Pair): Promise<Score> {
  const tokenLogProbabilities = [...(await readAndDispose(scoreTokens(core, pair)))];
  const logProbability = tokenLogProbabilities.reduce((sum, value) => sum + value, 0);
  return { logProbability, tokenLogProbabilities };
}

function scoreTokens(core: ModelCore, pair: Pair): Tensor1D {
  const where = 'score';
  checkAlive(where, core);
  const encoded = encodePair(`${where}: `, core.parts, pair);
  const batch = exampleBatch(core.parts, [exampleOf(encoded)]);
  try {
    return tidy(() => {
      const { features, targets } = readBatch(core, batch, null);
      const logits = core.blocks.decoder.logits(features);
      return squeeze<Tensor1D>(logProbabilitiesOf(logits, expandDims(targets, 1)), [1]);
    });
  } finally {
    batch.dispose();
  }
}
