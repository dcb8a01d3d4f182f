import { mismatch } from './errors.js';

/** Stops where a signal has fired. @throws `aborted`, with the signal's reason as `cause` */
export function throwIfAborted(where: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const error = mismatch('aborted', { where, expected: 'to run to the end', received: 'an abort signal' });
  throw Object.assign(error, { cause: signal.reason as unknown });
}
