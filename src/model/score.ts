import { neg, tidy } from '@tensorflow/tfjs-core';
import { collate } from '../data/collate.js';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy.js';
import type { Pair } from './encodeInput.js';
import { sideOptions } from './encodeInput.js';
import { encodePairs } from './encodePairs.js';
import { checkAlive, readBatch, type ModelCore } from './modelCore.js';

/** How probable a model finds a given target. */
export interface Score {
  /** Natural log-probability of the whole target, the end token's included. */
  readonly logProbability: number;
  /** One a token, then the end token's. */
  readonly tokenLogProbabilities: number[];
}

/** Forced decoding: the log-probability of a target, given its source. */
export async function score(core: ModelCore, pair: Pair): Promise<Score> {
  checkAlive('score', core);
  const { source, target } = core.parts;
  const batch = collate(encodePairs('score', core.parts, [pair]), {
    source: sideOptions(source),
    target: sideOptions(target),
  });
  const values = tidy(() => {
    const { features, targets } = readBatch(core, batch, null);
    return neg(
      softmaxCrossEntropy({ logits: core.blocks.decoder.logits(features), targets, reduction: 'none' }),
    );
  });
  batch.dispose();
  try {
    const tokenLogProbabilities = [...(await values.data<'float32'>())];
    return {
      logProbability: tokenLogProbabilities.reduce((sum, value) => sum + value, 0),
      tokenLogProbabilities,
    };
  } finally {
    values.dispose();
  }
}
