/**
 * The last token of a hypothesis, and through `parent` the way back to its first. Hypotheses that branch
 * share the nodes that they have in common.
 */
export interface HypothesisNode {
  readonly parent: HypothesisNode | null;
  readonly id: number;
  /** How many tokens the hypothesis has, this one included. */
  readonly length: number;
  /** Sum of the processed scores: what a search ranks by, before the length penalty. */
  readonly score: number;
  /** Natural log-probability of this token under the unmodified model. */
  readonly tokenLogProbability: number;
  /** The same of the whole hypothesis. */
  readonly logProbability: number;
  /** Weights over the source positions when this token was chosen. */
  readonly attention: Float32Array | null;
}

/** The last `count` ids of a hypothesis, oldest first. */
export function lastIds(last: HypothesisNode | null, count: number): number[] {
  return nodesSince(last, (last?.length ?? 0) - count).map(({ id }) => id);
}

/** The nodes of a hypothesis after its first `skipped` ones, in order. */
export function nodesSince(last: HypothesisNode | null, skipped: number): HypothesisNode[] {
  const nodes: HypothesisNode[] = [];
  for (let node = last; node !== null && node.length > skipped; node = node.parent) nodes.push(node);
  return nodes.reverse();
}
