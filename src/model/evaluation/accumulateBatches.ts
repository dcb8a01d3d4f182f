import { abortSignal, positiveInteger, type OptionCheck } from '../../core/options.js';
import { createPause } from '../../core/pause.js';
import type { Batch } from '../../contracts/batch.js';
import type { Example } from '../../data/example.js';
import { throwIfAborted } from '../../core/throwIfAborted.js';
import { exampleBatches } from '../input/exampleBatches.js';
import type { ModelCore } from '../modelCore.js';
import type { TargetSide } from '../modelParts.js';

/** What every evaluation is told about its batches. */
export const BATCH_OPTIONS: {
  readonly batchSize: readonly [OptionCheck<number>, 64];
  readonly signal: readonly [OptionCheck<AbortSignal>, undefined];
} = { batchSize: [positiveInteger, 64], signal: [abortSignal, undefined] };

/**
 * Measures batches of examples, one after the other, and sums what `measure` gives of each.
 * The event loop gets its turn between them.
 *
 * @throws `aborted` before a batch, where the signal has fired
 */
export async function accumulateBatches(
  { parts }: Pick<ModelCore<TargetSide>, 'parts'>,
  examples: readonly Example[],
  { batchSize, signal }: { readonly batchSize: number; readonly signal?: AbortSignal },
  measure: (batch: Batch) => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const pause = createPause();
  let sums: readonly number[] = [];
  for (const batch of exampleBatches(parts, examples, { batchSize, shuffle: false })) {
    try {
      throwIfAborted('evaluate', signal);
      const values = await measure(batch);
      sums = values.map((value, i) => value + (sums[i] ?? 0));
    } finally {
      batch.dispose();
    }
    await pause();
  }
  return sums;
}
