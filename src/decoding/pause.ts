/** How long a search may keep the thread before timers, input and an `AbortSignal` get their turn, in milliseconds. */
const LONGEST_TURN = 40;

/**
 * Returns a function to await after each step. Backends that compute on the CPU never leave the microtask queue by
 * themselves, so that a page would freeze and nothing could abort the search.
 */
export function createPause(): () => Promise<void> {
  let turnStarted = performance.now();
  return async () => {
    if (performance.now() - turnStarted < LONGEST_TURN) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    turnStarted = performance.now();
  };
}
