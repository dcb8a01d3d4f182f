import type { FinishReason, Hypothesis } from '../../contracts/hypothesis.js';
import { nodesSince, type HypothesisNode } from './hypothesisNode.js';

/** A hypothesis that has ended. */
export interface FinishedHypothesis {
  /** Its last token; `null` where it has none. */
  readonly node: HypothesisNode | null;
  readonly reason: FinishReason;
  /** After length and coverage penalty. */
  readonly score: number;
}

/** What a search has found for one sentence so far. */
export interface Sentence {
  /** Its place in the batch. */
  readonly index: number;
  /** What the caller knows it by. */
  readonly number: number;
  /** The position after which no hypothesis goes on. */
  readonly lastPosition: number;
  /** The best that ended, best first, at most as many as the caller wants. */
  readonly finished: readonly FinishedHypothesis[];
  /** How many have ended, the forgotten ones included. */
  finishedCount: number;
  /** Ends a hypothesis after `node`; `null` where it has no token. */
  finish(node: HypothesisNode | null, reason: FinishReason): void;
  /** What a hypothesis must beat to be among those that the caller wants. */
  threshold(): number;
  hypotheses(): Hypothesis[];
}

/**
 * @param capacity how many hypotheses the caller wants
 * @param rank the score of a hypothesis that has ended, by its last node
 */
export function createSentence(
  place: Pick<Sentence, 'index' | 'number' | 'lastPosition'>,
  capacity: number,
  rank: (node: HypothesisNode) => number,
): Sentence {
  const finished: FinishedHypothesis[] = [];
  return {
    ...place,
    finished,
    finishedCount: 0,
    finish(node, reason) {
      this.finishedCount++;
      finished.push({ node, reason, score: node ? rank(node) : 0 });
      finished.sort((a, b) => b.score - a.score).splice(capacity); // of equals the earlier one stays
    },
    threshold: () => (finished.length < capacity ? -Infinity : (finished.at(-1) as FinishedHypothesis).score),
    hypotheses: () => finished.map(toHypothesis),
  };
}

function toHypothesis({ node, reason, score }: FinishedHypothesis): Hypothesis {
  const nodes = nodesSince(node, 0);
  const tokens = reason === 'eos' ? nodes.slice(0, -1) : nodes;
  const attention = tokens.flatMap((token) => (token.attention === null ? [] : [token.attention]));
  return {
    ids: tokens.map(({ id }) => id),
    score,
    logProbability: node?.logProbability ?? 0,
    tokenLogProbabilities: nodes.map(({ tokenLogProbability }) => tokenLogProbability),
    finishReason: reason,
    ...(node?.attention ? { attention } : {}),
  };
}
