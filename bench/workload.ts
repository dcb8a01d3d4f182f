/**
 * One line of the table. Times are medians in milliseconds. `ratio` is `peerMs` / `ms`: above 1 this library
 * is faster.
 */
export interface BenchResult {
  readonly name: string;
  readonly ms: number;
  readonly peer: string;
  readonly peerMs: number;
  readonly ratio: number;
  /** Whatever else is worth knowing, such as the share of a bound that was reached. */
  readonly [detail: string]: string | number;
}

/** A named measurement; `matmul/512x512x512/nt` for example. */
export interface Workload {
  readonly name: string;
  run(): Promise<BenchResult[]>;
}

/** A file of workloads. `workloads` runs only if one of its names is wanted, and prepares what they share. */
export interface Suite {
  readonly names: readonly string[];
  workloads(): Promise<readonly Workload[]>;
}
