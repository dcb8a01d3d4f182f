/**
 * How long work may keep the thread, in milliseconds. Then events, timers and an `AbortSignal` get their
 * turn.
 */
const LONGEST_TURN = 40;

/**
 * Returns a function to await between the steps of long work. Backends that compute on the CPU never leave
 * the microtask queue by themselves. Without pauses a page would freeze, and nothing could stop the work.
 */
export function createPause(): () => Promise<void> {
  let turnStarted = performance.now();
  return async () => {
    if (performance.now() - turnStarted < LONGEST_TURN) return;
    await letEventsRun();
    turnStarted = performance.now();
  };
}

/**
 * It waits for a message and not for a timer, since browsers slow timers down: to 4 ms when nested, to a
 * second in a hidden tab.
 */
function letEventsRun(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
