import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { StreamedToken } from '../../contracts/strategy.js';
import type { Progress } from './searchLoop.js';
import { nodesSince, type Path } from './hypothesisNode.js';

/**
 * Turns the steps of a search into tokens: a token comes out once every hypothesis that can still become the best one
 * of its sentence has it. Leaving early ends the search, which frees its tensors.
 */
export async function* streamTokens(
  steps: AsyncGenerator<Progress, Hypothesis[][], void>,
): AsyncGenerator<StreamedToken, Hypothesis[][], void> {
  const sent: number[] = [];
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done === true) return value;
      for (const each of value.sentences) {
        const { index: sentence, finished } = each;
        const position = (sent[sentence] ??= 0);
        const rivals = value.rows
          .filter((row) => row.sentence === each)
          .map(({ path }) => nodesSince(path, position));
        const best = finished[0];
        if (best !== undefined) {
          const nodes = nodesSince(best.path, position);
          rivals.push(best.reason === 'eos' ? nodes.slice(0, -1) : nodes);
        }
        for (const { id, tokenLogProbability } of commonStart(rivals)) {
          yield { sentence, position: sent[sentence]++, id, logProbability: tokenLogProbability };
        }
      }
    }
  } finally {
    await steps.return([]);
  }
}

/** The nodes, by their ids, that all paths start with. */
function commonStart([first = [], ...others]: readonly Path[][]): Path[] {
  const end = first.findIndex((node, i) => others.some((other) => other[i]?.id !== node.id));
  return end === -1 ? first : first.slice(0, end);
}
