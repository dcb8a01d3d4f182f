import type { LogitsProcessor, ProcessorRow } from '../contracts/logitsProcessor.js';
import { lastIds, type Path } from './path.js';
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
  return liveRow(sentence, origin, processors, null, states, []);
}

/**
 * @param states what each processor remembers of this row
 * @param ids the ids so far, once someone asked for them; the first child takes the array over and appends to it
 */
function liveRow(
  sentence: Sentence,
  origin: number,
  processors: readonly LogitsProcessor[],
  path: Path | null,
  states: readonly unknown[],
  ids: number[] | null,
): LiveRow {
  return {
    sentence,
    origin,
    path,
    extend(longer) {
      const next = processors.map((processor, i) =>
        processor.advance === undefined ? states[i] : processor.advance(states[i], longer.id),
      );
      const taken = ids;
      ids = null;
      taken?.push(longer.id);
      return liveRow(sentence, origin, processors, longer, next, taken);
    },
    view: (i) => ({
      sentence: sentence.number,
      state: states[i],
      tokens: () => (ids ??= lastIds(path, Infinity)),
    }),
  };
}
