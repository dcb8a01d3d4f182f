import { dispose } from '@tensorflow/tfjs-core';
import { greedySearch, type Context, type Decoder, type StepFunction } from '../../src/index.js';
import type { NumberCheck } from './adapter.js';

/** What a case lists of greedy search. */
export interface Greedy {
  readonly max_len: number;
  /** Never chosen. */
  readonly banned?: readonly number[];
  /** Without `<sos>`; `<eos>` where it was reached. */
  readonly ids: number[][];
}

/** Decodes all rows of a context at once, and compares the ids. The context stays the caller's. */
export async function greedyIds(
  decoder: Decoder,
  context: Context,
  { sos, eos }: { readonly sos: number; readonly eos: number },
  { max_len, banned = [], ids }: Greedy,
): Promise<NumberCheck[]> {
  const { state, constants } = decoder.start(context);
  const step: StepFunction = (tokens, before, position, kept) => decoder.step(tokens, before, position, kept);
  const sentences = await greedySearch(step, state, {
    batchSize: ids.length,
    sosId: sos,
    eosId: eos,
    bannedIds: banned,
    maxLength: max_len,
    countEndToken: true,
    constants,
  });
  dispose([state, constants] as never);
  return sentences.flatMap(([best], sentence) => {
    const found = [...(best?.ids ?? []), ...(best?.finishReason === 'eos' ? [eos] : [])];
    const expected = ids[sentence] as number[];
    return [
      { what: `greedy length ${sentence}`, actual: found.length, expected: expected.length },
      ...expected.map((id, i) => ({
        what: `greedy ${sentence}.${i}`,
        actual: found[i] ?? NaN,
        expected: id,
      })),
    ];
  });
}
