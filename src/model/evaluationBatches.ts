import { abortSignal, wholeNumber, type OptionCheck } from '../core/options.js';
import { createPause } from '../core/pause.js';
import type { Batch } from '../contracts/batch.js';
import type { Example } from '../data/example.js';
import { throwIfAborted } from '../decoding/throwIfAborted.js';
import { exampleBatches } from './exampleBatches.js';
import type { ModelCore } from './modelCore.js';
import type { TargetSide } from './modelParts.js';

/** What every evaluation is told about its batches. */
export const EVALUATION_CHECKS: Readonly<Record<'batchSize' | 'signal', OptionCheck>> = {
  batchSize: wholeNumber,
  signal: abortSignal,
};

/**
 * Cuts examples into batches in their order; each is freed after its turn, and then the event loop gets one.
 *
 * @throws `aborted` before a batch, where the signal has fired
 */
export async function* evaluationBatches(
  { parts }: Pick<ModelCore<TargetSide>, 'parts'>,
  examples: readonly Example[],
  batchSize: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, void, void> {
  const pause = createPause();
  for (const batch of exampleBatches(parts, examples, { batchSize, shuffle: false })) {
    try {
      throwIfAborted('evaluate', signal);
      yield batch;
    } finally {
      batch.dispose();
    }
    await pause();
  }
}
