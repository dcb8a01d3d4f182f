/** Something to time; a promise is awaited. */
export type Task = (() => unknown) | PreparedTask;

/** A task that something untimed surrounds, once a sample. */
export interface PreparedTask {
  before(): unknown;
  run(): unknown;
  after(): unknown;
}

/** The environment variable that tells child processes what their parent measures. */
const CLOCK = 'BENCH_CLOCK';

/** A page has no `process`, and so no clock of its own but the real one. */
let usesProcessorTime = typeof process === 'object' && process.env[CLOCK] === 'processor';

/**
 * From now on measures the processor time of this process, all threads together, instead of the time that
 * passes. This serves a machine that does other work meanwhile. Child processes that start later do so too.
 */
export function useProcessorTime(): void {
  usesProcessorTime = true;
  process.env[CLOCK] = 'processor';
}

/** Milliseconds on the chosen clock; only differences mean something. */
export function now(): number {
  if (!usesProcessorTime) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of one run of a task. */
export interface Samples {
  readonly median: number;
  /** For what tells a limit of the machine, which no disturbance can better. */
  readonly least: number;
}

/** How {@link measure} measures. */
export interface MeasureOptions {
  /** Samples of each task, at least 7. Default 7. */
  readonly samples?: number;
  /** A sample runs its task again and again for at least so many milliseconds. Default 20. */
  readonly sampleMs?: number;
  /** Untimed runs of each task before the first sample, at least. Default 2. */
  readonly warmups?: number;
  /** Untimed runs take at least so many milliseconds: JavaScript gets faster while it runs. Default 0. */
  readonly warmupMs?: number;
}

/**
 * Times several tasks in turn, a sample each, so that whatever else the machine does meets all of them alike.
 *
 * @returns for each task its samples, in milliseconds a run
 */
export async function measure(
  tasks: readonly Task[],
  { samples = 7, sampleMs = 20, warmups = 2, warmupMs = 0 }: MeasureOptions = {},
): Promise<Samples[]> {
  const counts: number[] = [];
  for (const task of tasks) {
    let once = Infinity;
    const start = now();
    for (let run = 0; run < Math.max(1, warmups) || now() - start < warmupMs; run++) {
      once = Math.min(once, await time(task, 1));
    }
    counts.push(Math.max(1, Math.ceil(sampleMs / Math.max(once, 1e-4))));
  }
  const times = tasks.map((): number[] => []);
  for (let sample = 0; sample < samples; sample++) {
    for (const [index, task] of tasks.entries()) {
      const count = counts[index] as number;
      times[index]?.push((await time(task, count)) / count);
    }
  }
  return times.map((all) => ({ median: median(all), least: Math.min(...all) }));
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]] as [number, number];
  return (low + high) / 2;
}

async function time(task: Task, count: number): Promise<number> {
  const { before, run, after } = typeof task === 'function' ? { run: task } : (task as Partial<PreparedTask>);
  await before?.();
  try {
    const start = now();
    for (let round = 0; round < count; round++) {
      const result = run?.();
      if (result instanceof Promise) await result;
    }
    return now() - start;
  } finally {
    await after?.();
  }
}
