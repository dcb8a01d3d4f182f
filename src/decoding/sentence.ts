import type { FinishReason, Hypothesis } from '../contracts/hypothesis.js';
import { nodesSince, type Path } from './path.js';

/** A hypothesis that has ended. */
export interface FinishedPath {
  readonly path: Path;
  readonly reason: FinishReason;
  /** After length and coverage penalty. */
  readonly score: number;
}

/** What a search has found for one sentence so far. */
export class Sentence {
  readonly index: number;
  /** What the caller knows it by. */
  readonly number: number;
  /** The position after which no hypothesis goes on. */
  readonly lastPosition: number;
  /** The best that ended, best first, at most as many as the caller wants. */
  readonly finished: FinishedPath[] = [];
  /** How many have ended, the forgotten ones included. */
  finishedCount = 0;
  private readonly capacity: number;
  private readonly rank: (path: Path) => number;

  constructor(
    index: number,
    number: number,
    lastPosition: number,
    capacity: number,
    rank: (path: Path) => number,
  ) {
    this.index = index;
    this.number = number;
    this.lastPosition = lastPosition;
    this.capacity = capacity;
    this.rank = rank;
  }

  finish(path: Path, reason: FinishReason): void {
    const score = this.rank(path);
    this.finishedCount++;
    let place = this.finished.length;
    while (place > 0 && (this.finished[place - 1] as FinishedPath).score < score) place--;
    if (place >= this.capacity) return;
    this.finished.splice(place, 0, { path, reason, score });
    this.finished.length = Math.min(this.finished.length, this.capacity);
  }

  /** What a hypothesis must beat to be among those that the caller wants. */
  threshold(): number {
    return this.finished.length < this.capacity ? -Infinity : (this.finished.at(-1) as FinishedPath).score;
  }

  hypotheses(): Hypothesis[] {
    return this.finished.map(toHypothesis);
  }
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
