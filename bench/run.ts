// npm run bench [-- --json FILE] [-- --only NAME] [-- --cpu]: measures, prints a table, writes the figures as JSON.
// NAME picks the workloads that start with it, such as `matmul` or `train-step/gru2`; several are separated by commas.
// --cpu takes processor time instead of the clock's, for a machine that is not idle.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { useProcessorTime } from './measure.js';
import type { BenchResult, Suite } from './workload.js';
import { generate } from './workloads/generate.js';
import { generation } from './workloads/generation.js';
import { matmul } from './workloads/matmul.js';
import { trainStep } from './workloads/trainStep.js';

const suites: readonly Suite[] = [matmul, trainStep, generate, generation];

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' }, cpu: { type: 'boolean' } },
});
if (values.cpu === true) useProcessorTime();
const wanted = values.only?.split(',');
const isWanted = (name: string): boolean => wanted?.some((start) => name.startsWith(start)) ?? true;

const known = suites.flatMap(({ names }) => names);
if (!known.some(isWanted)) {
  console.error(
    `npm run bench: no workload starts with ${values.only ?? ''}; there are\n  ${known.join('\n  ')}`,
  );
  process.exit(2);
}

const results: BenchResult[] = [];
for (const suite of suites) {
  if (!suite.names.some(isWanted)) continue;
  for (const workload of await suite.workloads()) {
    if (!isWanted(workload.name)) continue;
    for (const result of await workload.run()) {
      results.push(result);
      console.log(line(result));
    }
  }
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);

function line({ name, ms, peer, peerMs, ratio, ...details }: BenchResult): string {
  const rest = Object.entries(details).map(([key, value]) => `${key} ${value}`);
  const times = `${time(ms)}   ${peer} ${time(peerMs)}   ratio ${ratio.toFixed(2).padStart(6)}`;
  return `${name.padEnd(28)} ${times}   ${rest.join('  ')}`;
}

function time(ms: number): string {
  return `${ms.toPrecision(4).padStart(7)} ms`;
}
