/** What a ban adds to a score: finite, so that no arithmetic with it gives NaN on any backend. */
export const BAN = -1e30;

/** Whether a score means that its token may not be chosen. Infinities of the model itself count as well. */
export function isBanned(score: number): boolean {
  return !(score > -1e29);
}
