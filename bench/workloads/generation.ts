import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { measure, type Samples, type Task } from '../measure.js';
import { BEAM_WIDTH, searchModel, startSearches, type Searches } from '../searches.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

const SENTENCES = 64;

/** How a search compares to another. */
interface Comparison {
  readonly task: (searches: Searches) => Task;
  readonly sentences: number;
  readonly peer: string;
  readonly peerTask: (searches: Searches) => Task;
  /** Sentences, or rows, of a run of the peer. */
  readonly peerRows: number;
  /** Times that the peer's work goes into the task's. Default 1. */
  readonly work?: number;
}

const greedy = ({ greedy: run }: Searches): Task => run;
const beam = ({ beam: run }: Searches): Task => run;
const steps = ({ steps: run }: Searches): Task => run;
const alone = { peer: 'steps alone', peerTask: steps };
const oneByOne = { sentences: SENTENCES, peer: 'one by one', peerRows: 1, work: SENTENCES };

const comparisons: Readonly<Record<string, Comparison>> = {
  'beam-1': { task: beam, sentences: 1, peer: 'greedy', peerTask: greedy, peerRows: 1 },
  'greedy-64': { task: greedy, ...oneByOne, peerTask: greedy },
  'beam-64': { task: beam, ...oneByOne, peerTask: beam },
  'sample-1': { task: (s) => s.sample({}), sentences: 1, peer: 'greedy', peerTask: greedy, peerRows: 1 },
  'top-p-1': {
    task: (s) => s.sample({ topP: 0.9 }),
    sentences: 1,
    peer: 'greedy',
    peerTask: greedy,
    peerRows: 1,
  },
  'overhead/greedy-1': { task: greedy, sentences: 1, ...alone, peerRows: 1 },
  'overhead/beam-1': { task: beam, sentences: 1, ...alone, peerRows: BEAM_WIDTH },
  'overhead/greedy-64': { task: greedy, sentences: SENTENCES, ...alone, peerRows: SENTENCES },
  'overhead/beam-64': { task: beam, sentences: SENTENCES, ...alone, peerRows: SENTENCES * BEAM_WIDTH },
};

/** What searching costs: beam against greedy, batches against one by one, searches against bare steps. */
export const generation: Suite = {
  names: Object.keys(comparisons).map((name) => `generation/${name}`),
  async workloads() {
    await setBackend('wasm');
    await installWasmKernels();
    return Object.entries(comparisons).map(([name, comparison]): Workload => ({
      name: `generation/${name}`,
      run: () => compare(`generation/${name}`, comparison),
    }));
  },
};

async function compare(
  name: string,
  { task, sentences, peer, peerTask, peerRows, work = 1 }: Comparison,
): Promise<BenchResult[]> {
  const model = searchModel();
  const own = startSearches(model, sentences);
  const others = startSearches(model, peerRows);
  const timed = await measure([task(own), peerTask(others)], { sampleMs: 50, warmups: 1, warmupMs: 1500 });
  const [{ median: ms }, { median: once }] = timed as [Samples, Samples];
  own.dispose();
  others.dispose();
  model.dispose();
  const peerMs = work * once;
  return [{ name, ms, peer, peerMs, ratio: peerMs / ms }];
}
