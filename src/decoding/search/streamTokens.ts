import type { Hypothesis } from '../../contracts/hypothesis.js';
import type { StreamedToken } from '../../contracts/strategy.js';
import { nodesSince, type HypothesisNode } from './hypothesisNode.js';
import type { Progress } from './searchLoop.js';

/**
 * Turns the steps of a search into tokens. A token comes out once all hypotheses of its sentence that can
 * still become the best one have it. Leaving early ends the search, which frees its tensors.
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
        const rivals = value.active
          .filter((hypothesis) => hypothesis.sentence === each)
          .map(({ node }) => nodesSince(node, position));
        const best = finished[0];
        if (best !== undefined) {
          const nodes = nodesSince(best.node, position);
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

/** The nodes, compared by their ids, that all hypotheses start with. */
function commonStart([first = [], ...others]: readonly HypothesisNode[][]): HypothesisNode[] {
  const end = first.findIndex((node, i) => others.some((other) => other[i]?.id !== node.id));
  return end === -1 ? first : first.slice(0, end);
}
