/** What a ban adds to a score: finite, so that no arithmetic with it gives NaN on any backend. */
export const BAN = -1e30;

/** From here down a score means a ban: out of any model's reach, and left far behind by a ban that a temperature scales. */
export const BANNED_FROM = -1e15;

/** Whether a score means that its token may not be chosen. Infinities of the model itself count as well. */
export function isBanned(score: number): boolean {
  return !(score > BANNED_FROM);
}
