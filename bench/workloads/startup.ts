import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';
import type { StartupTimes } from '../children/startup.js';
import { startChild } from '../childProcess.js';
import { median } from '../measure.js';
import type { BenchResult, Suite } from '../workload.js';

const NAME = 'startup';
const SAMPLES = 7;

/** From the first import to the end of a small model's first training step, in a new process each time. */
export const startup: Suite = {
  names: [NAME],
  workloads: () => Promise.resolve([{ name: NAME, run: compare }]),
};

async function compare(): Promise<BenchResult[]> {
  // Inside the repository, where the package can import itself as its users do.
  const outdir = '.build/bench';
  await build({
    entryPoints: ['bench/children/startup.ts'],
    outdir,
    bundle: true,
    splitting: true, // or what is imported later would be loaded at once
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const module = pathToFileURL(`${outdir}/startup.js`);
  const start = async (who: string): Promise<StartupTimes> => {
    const child = startChild(module);
    const times = await child.ask<StartupTimes>(who);
    child.end();
    return times;
  };
  const ours: StartupTimes[] = [];
  const theirs: StartupTimes[] = [];
  for (let sample = -1; sample < SAMPLES; sample++) {
    const [own, peer] = [await start('tfjs-seq2seq'), await start('tfjs-layers')];
    if (sample < 0) continue; // the first one fills the system's cache of files
    ours.push(own);
    theirs.push(peer);
  }
  const middle = (all: StartupTimes[], key: keyof StartupTimes): number =>
    median(all.map((times) => times[key]));
  const [ms, peerMs] = [middle(ours, 'stepped'), middle(theirs, 'stepped')];
  const parts = (all: StartupTimes[]): string => {
    const [imported, built, stepped] = [
      middle(all, 'imported'),
      middle(all, 'built'),
      middle(all, 'stepped'),
    ];
    return [imported, built - imported, stepped - built].map((part) => part.toFixed(0)).join(' + ');
  };
  return [
    {
      name: NAME,
      ms,
      peer: 'tfjs-layers, plain wasm',
      peerMs,
      ratio: peerMs / ms,
      'import + build + step': parts(ours),
      'of the peer': parts(theirs),
    },
  ];
}
