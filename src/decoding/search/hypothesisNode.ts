/** One token of a hypothesis and the way back to its start; paths that branch share what they have in common. */
export interface Path {
  readonly parent: Path | null;
  readonly id: number;
  /** How many tokens, this one included. */
  readonly length: number;
  /** Sum of processed scores: what a search ranks by, before the length penalty. */
  readonly score: number;
  /** Natural log-probability of this token under the unmodified model, and of the whole path. */
  readonly tokenLogProbability: number;
  readonly logProbability: number;
  /** Weights over the source positions when this token was chosen. */
  readonly attention: Float32Array | null;
}

/** The last `count` ids of a path, oldest first. */
export function lastIds(path: Path | null, count: number): number[] {
  const ids: number[] = [];
  for (let node = path; node !== null && ids.length < count; node = node.parent) ids.push(node.id);
  return ids.reverse();
}

/** The nodes of a path after its first `skipped` ones, in order. */
export function nodesSince(path: Path | null, skipped: number): Path[] {
  const nodes: Path[] = [];
  for (let node = path; node !== null && node.length > skipped; node = node.parent) nodes.push(node);
  return nodes.reverse();
}
