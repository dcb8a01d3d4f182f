/**
 * Lets events, timers and painting run before it resolves. A message, because browsers slow timers down: to 4 ms when
 * nested, to a second in a hidden tab.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
