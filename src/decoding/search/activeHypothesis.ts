import type { LogitsProcessor, ProcessorRow } from '../../contracts/logitsProcessor.js';
import { lastIds, type Path } from './hypothesisNode.js';
import type { Sentence } from './sentence.js';

/** A hypothesis that goes on: one row of every tensor of the search. */
export interface LiveRow {
  readonly sentence: Sentence;
  /** Which row it was at the start of the search; rows that branch share it. */
  readonly origin: number;
  /** `null` before the first token. */
  readonly path: Path | null;
  /** The row after one more token. Only the children of a row are used from then on. */
  extend(path: Path): LiveRow;
  /** What processor number `i` may see of this row. */
  view(i: number): ProcessorRow;
}

/** A row without tokens. */
export function startRow(
  sentence: Sentence,
  origin: number,
  processors: readonly LogitsProcessor[],
): LiveRow {
  const states = processors.map((processor) => processor.start?.(sentence.number));
  return liveRow(sentence, origin, processors, null, states, null);
}

/**
 * @param states what each processor remembers of this row
 * @param ids the ids so far, once someone asked for them
 */
function liveRow(
  sentence: Sentence,
  origin: number,
  processors: readonly LogitsProcessor[],
  path: Path | null,
  states: readonly unknown[],
  ids: number[] | null,
): LiveRow {
  let taken = false;
  return {
    sentence,
    origin,
    path,
    extend(longer) {
      const next = processors.map((processor, i) =>
        processor.advance === undefined ? states[i] : processor.advance(states[i], longer.id),
      );
      // The first child takes the array over and appends to it; the others copy what it starts with.
      const longerIds = taken ? ids?.slice(0, longer.length - 1) : ids;
      taken = true;
      longerIds?.push(longer.id);
      return liveRow(sentence, origin, processors, longer, next, longerIds ?? null);
    },
    view: (i) => ({
      sentence: sentence.number,
      state: states[i],
      tokens: () => (ids ??= lastIds(path, Infinity)),
    }),
  };
}
