import type { LogitsProcessor, ProcessorRow } from '../contracts/logitsProcessor.js';
import { lastIds, type Path } from './path.js';
import type { Sentence } from './sentence.js';

/** A hypothesis that goes on: one row of every tensor of the search. */
export class LiveRow {
  readonly sentence: Sentence;
  /** Which row it was at the start of the search; rows that branch share it. */
  readonly origin: number;
  /** `null` before the first token. */
  readonly path: Path | null;
  /** What each processor remembers of this row. */
  private readonly states: readonly unknown[];
  /** The ids so far, once someone asked for them; the first child takes the array over and appends to it. */
  private ids: number[] | null;

  private constructor(
    sentence: Sentence,
    origin: number,
    path: Path | null,
    states: readonly unknown[],
    ids: number[] | null,
  ) {
    this.sentence = sentence;
    this.origin = origin;
    this.path = path;
    this.states = states;
    this.ids = ids;
  }

  static start(sentence: Sentence, origin: number, processors: readonly LogitsProcessor[]): LiveRow {
    return new LiveRow(
      sentence,
      origin,
      null,
      processors.map((processor) => processor.start?.(sentence.number)),
      [],
    );
  }

  /** The row after one more token. Only the children of a row are used from then on. */
  extend(path: Path, processors: readonly LogitsProcessor[]): LiveRow {
    const states = processors.map((processor, i) =>
      processor.advance === undefined ? this.states[i] : processor.advance(this.states[i], path.id),
    );
    const ids = this.ids;
    this.ids = null;
    ids?.push(path.id);
    return new LiveRow(this.sentence, this.origin, path, states, ids);
  }

  /** What processor number `i` may see of this row. */
  view(i: number): ProcessorRow {
    return {
      sentence: this.sentence.number,
      state: this.states[i],
      tokens: () => (this.ids ??= lastIds(this.path, Infinity)),
    };
  }
}
