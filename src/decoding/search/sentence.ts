import type { FinishReason, Hypothesis } from '../../contracts/hypothesis.js';
import { nodesSince, type Path } from './hypothesisNode.js';

/** A hypothesis that has ended. */
export interface FinishedPath {
  readonly path: Path;
  readonly reason: FinishReason;
  /** After length and coverage penalty. */
  readonly score: number;
}

/** What a search has found for one sentence so far. */
export interface Sentence {
  readonly index: number;
  /** What the caller knows it by. */
  readonly number: number;
  /** The position after which no hypothesis goes on. */
  readonly lastPosition: number;
  /** The best that ended, best first, at most as many as the caller wants. */
  readonly finished: readonly FinishedPath[];
  /** How many have ended, the forgotten ones included. */
  finishedCount: number;
  finish(path: Path, reason: FinishReason): void;
  /** What a hypothesis must beat to be among those that the caller wants. */
  threshold(): number;
  hypotheses(): Hypothesis[];
}

/**
 * @param capacity how many hypotheses the caller wants
 * @param rank what a path that has ended is ranked by
 */
export function createSentence(
  place: Pick<Sentence, 'index' | 'number' | 'lastPosition'>,
  capacity: number,
  rank: (path: Path) => number,
): Sentence {
  const finished: FinishedPath[] = [];
  return {
    ...place,
    finished,
    finishedCount: 0,
    finish(path, reason) {
      this.finishedCount++;
      finished.push({ path, reason, score: rank(path) });
      finished.sort((a, b) => b.score - a.score).splice(capacity); // of equals the earlier one stays
    },
    threshold: () => (finished.length < capacity ? -Infinity : (finished.at(-1) as FinishedPath).score),
    hypotheses: () => finished.map(toHypothesis),
  };
}

function toHypothesis({ path, reason, score }: FinishedPath): Hypothesis {
  const nodes = nodesSince(path, 0);
  const tokens = reason === 'eos' ? nodes.slice(0, -1) : nodes;
  const attention = tokens.flatMap((node) => (node.attention === null ? [] : [node.attention]));
  return {
    ids: tokens.map((node) => node.id),
    score,
    logProbability: path.logProbability,
    tokenLogProbabilities: nodes.map((node) => node.tokenLogProbability),
    finishReason: reason,
    ...(path.attention === null ? {} : { attention }),
  };
}
