// npm run bench [-- --json FILE] [-- --only NAME] [-- --cpu]
//
// Measures, prints a table, and writes the figures as JSON. NAME is a workload, such as `train-step/gru2`, or
// what several start with, such as `matmul`; commas separate names. --cpu takes processor time instead of the
// clock's, for a machine that is not idle.
//
//   matmul       products of all transposes, as a share of the processor's limit; peer: tfjs's kernel
//   train-step   an update of a whole model; peers: its products at the SIMD limit, and tfjs-layers' model
//   generate     20 tokens, search included; peer: a loop of tfjs operations with tfjs's own kernels
//   generation   what searching costs: a beam, batches, and searches beside their steps alone
//   startup      from the first import to the end of the first training step, in a process of its own
//   memory       what training holds at its peak, and whether anything grows over 300 steps
//   scaling      an update's time by length, batch and vocabulary; peer: growth in proportion
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatResult } from './formatResult.js';
import { useProcessorTime } from './measure.js';
import type { BenchResult, Suite } from './workload.js';
import { generate } from './workloads/generate.js';
import { generation } from './workloads/generation.js';
import { matmul } from './workloads/matmul.js';
import { memory } from './workloads/memory.js';
import { scaling } from './workloads/scaling.js';
import { startup } from './workloads/startup.js';
import { trainStep } from './workloads/trainStep.js';

const suites: readonly Suite[] = [matmul, trainStep, generate, generation, startup, memory, scaling];

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' }, cpu: { type: 'boolean' } },
});
if (values.cpu === true) useProcessorTime();
const wanted = values.only?.split(',');
const known = suites.flatMap(({ names }) => names);
const isWanted = (name: string): boolean =>
  wanted?.some((word) => (known.includes(word) ? name === word : name.startsWith(word))) ?? true;

if (!known.some(isWanted)) {
  console.error(
    `npm run bench: no workload is named ${values.only ?? ''}; there are\n  ${known.join('\n  ')}`,
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
      console.log(formatResult(result));
    }
  }
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
