/** A measured time, and the work that took it, in any unit. */
export interface WorkTime {
  readonly work: number;
  readonly ms: number;
}

/** What more work takes, where starting costs so much and each unit so much: a line through two times. */
export function extrapolate(small: WorkTime, large: WorkTime, work: number): number {
  return small.ms + ((large.ms - small.ms) / (large.work - small.work)) * (work - small.work);
}

/** What more work takes where it grows in proportion: the line through zero and one measured time. */
export function inProportion({ work: base, ms }: WorkTime, work: number): number {
  return (ms * work) / base;
}
