import type { BenchResult } from './workload.js';

/** A result as a line of the table. */
export function formatResult({ name, ms, peer, peerMs, ratio, ...details }: BenchResult): string {
  const rest = Object.entries(details).map(([key, value]) => `${key} ${value}`);
  const times = `${time(ms)}   ${peer} ${time(peerMs)}   ratio ${ratio.toFixed(2).padStart(6)}`;
  return `${name.padEnd(28)} ${times}   ${rest.join('  ')}`;
}

function time(ms: number): string {
  return `${ms.toPrecision(4).padStart(7)} ms`;
}
