import type { LogitsProcessor, ProcessorRow } from '../../contracts/logitsProcessor.js';
import { lastIds, type HypothesisNode } from './hypothesisNode.js';
import type { Sentence } from './sentence.js';

/** A hypothesis that goes on. It is one row of every tensor of the search. */
export interface ActiveHypothesis {
  readonly sentence: Sentence;
  /** Which row it was at the start of the search. Hypotheses that branch share it. */
  readonly origin: number;
  /** Its last token; `null` before the first. */
  readonly node: HypothesisNode | null;
  /** The hypothesis after one more token. From then on only what extends this one may be used. */
  extend(node: HypothesisNode): ActiveHypothesis;
  /** What processor number `i` may see of it. */
  view(i: number): ProcessorRow;
}

/** A hypothesis without tokens. */
export function startHypothesis(
  sentence: Sentence,
  origin: number,
  processors: readonly LogitsProcessor[],
): ActiveHypothesis {
  /**
   * @param states what each processor remembers of the hypothesis
   * @param ids its ids, if a processor has asked for them
   */
  const create = (
    node: HypothesisNode | null,
    states: readonly unknown[],
    ids?: number[],
  ): ActiveHypothesis => {
    let taken = false;
    return {
      sentence,
      origin,
      node,
      extend(next) {
        const nextStates = processors.map((processor, i) =>
          processor.advance === undefined ? states[i] : processor.advance(states[i], next.id),
        );
        // The first extension takes the array over and appends to it. The others copy its start.
        const nextIds = taken ? ids?.slice(0, next.length - 1) : ids;
        taken = true;
        nextIds?.push(next.id);
        return create(next, nextStates, nextIds);
      },
      view: (i) => ({
        sentence: sentence.number,
        state: states[i],
        tokens: () => (ids ??= lastIds(node, Infinity)),
      }),
    };
  };
  const states = processors.map((processor) => processor.start?.(sentence.number));
  return create(null, states);
}
