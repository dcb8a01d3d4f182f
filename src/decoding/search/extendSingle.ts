import type { PreparedSearch } from './prepareSearch.js';
import { endStuck, type Extension, type SentenceStep } from './searchLoop.js';

/** Extends each hypothesis by its one candidate. Hypotheses never branch. */
export function extendSingle(search: PreparedSearch<unknown>, step: SentenceStep): Extension[] {
  const { setup, options } = search;
  const { sentence, position, nodes } = step;
  return nodes.flatMap((before, row) => {
    const [node] = step.candidates(row);
    const ends = node?.id === setup.eosId;
    if (position === sentence.lastPosition && !options.countEndToken && !ends) {
      sentence.finish(before, 'length');
      return [];
    }
    if (node === undefined) {
      endStuck(search, step, [before]);
      return [];
    }
    if (ends) sentence.finish(node, 'eos');
    return ends || step.endIfDue(node) ? [] : [{ row, node }];
  });
}
