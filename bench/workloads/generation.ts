import '@tensorflow/tfjs-backend-wasm';
import {
  add,
  gather,
  matMul,
  mul,
  randomNormal,
  setBackend,
  sigmoid,
  split,
  sub,
  tanh,
  tidy,
  zeros,
  type Rank,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import { beamSearch } from '../../src/decoding/beamSearch.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { sampleSearch } from '../../src/decoding/sampleSearch.js';
import { measure, type Task } from '../measure.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

const VOCABULARY = 10_000;
const EMBEDDING = 256;
const UNITS = 512;
const LENGTH = 20;
const SENTENCES = 64;
const WIDTH = 5;

/** How a search compares to another, for a GRU decoder over a vocabulary of 10,000 that writes 20 tokens. */
interface Comparison {
  readonly task: Task;
  /** Times that the task's work is the peer's. */
  readonly work?: number;
  readonly peer: string;
  readonly peerTask: Task;
}

/** The cost of searching: beam against greedy, batches against one by one, searches against the model's steps alone. */
export const generation: Suite = {
  names: [
    'generation/beam-1',
    'generation/greedy-64',
    'generation/beam-64',
    'generation/sample-1',
    'generation/top-p-1',
    'generation/overhead/greedy-1',
    'generation/overhead/beam-1',
    'generation/overhead/greedy-64',
    'generation/overhead/beam-64',
  ],
  async workloads() {
    await setBackend('wasm');
    await installWasmKernels();
    const comparisons = compareSearches(gruStep());
    return Object.entries(comparisons).map(([name, comparison]): Workload => ({
      name: `generation/${name}`,
      run: () => compare(name, comparison),
    }));
  },
};

async function compare(name: string, { task, work = 1, peer, peerTask }: Comparison): Promise<BenchResult[]> {
  const [own, others] = await measure([task, peerTask]);
  const [ms, peerMs] = [own?.median ?? NaN, work * (others?.median ?? NaN)];
  return [{ name: `generation/${name}`, ms, peer, peerMs, ratio: peerMs / ms }];
}

function compareSearches(step: StepFunction<Tensor2D, undefined>): Record<string, Comparison> {
  const one = zeros<Rank.R2>([1, UNITS]);
  const many = zeros<Rank.R2>([SENTENCES, UNITS]);
  // The end token is one of ten thousand equals, so that no search ends early.
  const setup = { sosId: 0, eosId: 1, maxLength: LENGTH, countEndToken: true };
  const search = {
    greedy: (start: Tensor2D) => () => greedySearch(step, start, { ...setup, batchSize: start.shape[0] }),
    beam: (start: Tensor2D) => () =>
      beamSearch(step, start, { ...setup, batchSize: start.shape[0], width: WIDTH }),
  };
  const sample = (options: object) => () => sampleSearch(step, one, { ...setup, ...options, batchSize: 1 });
  const steps = (rows: number) => () => runSteps(step, rows);
  return {
    'beam-1': { task: search.beam(one), peer: 'greedy', peerTask: search.greedy(one) },
    'greedy-64': {
      task: search.greedy(many),
      work: SENTENCES,
      peer: 'one by one',
      peerTask: search.greedy(one),
    },
    'beam-64': { task: search.beam(many), work: SENTENCES, peer: 'one by one', peerTask: search.beam(one) },
    'sample-1': { task: sample({}), peer: 'greedy', peerTask: search.greedy(one) },
    'top-p-1': { task: sample({ topP: 0.9 }), peer: 'greedy', peerTask: search.greedy(one) },
    'overhead/greedy-1': { task: search.greedy(one), peer: 'steps alone', peerTask: steps(1) },
    'overhead/beam-1': { task: search.beam(one), peer: 'steps alone', peerTask: steps(WIDTH) },
    'overhead/greedy-64': { task: search.greedy(many), peer: 'steps alone', peerTask: steps(SENTENCES) },
    'overhead/beam-64': { task: search.beam(many), peer: 'steps alone', peerTask: steps(SENTENCES * WIDTH) },
  };
}

/** The model's own work: as many steps as a search takes, of as many rows. */
async function runSteps(step: StepFunction<Tensor2D, undefined>, rows: number): Promise<void> {
  let state: Tensor2D = zeros([rows, UNITS]);
  const last = zeros([rows], 'int32') as Tensor1D;
  for (let position = 0; position < LENGTH; position++) {
    const result = await step(last, state, position, undefined);
    result.logits.dispose();
    state.dispose();
    state = result.state;
  }
  last.dispose();
  state.dispose();
}

function gruStep(): StepFunction<Tensor2D, undefined> {
  const weight = (rows: number, columns: number, seed: number): Tensor2D =>
    randomNormal([rows, columns], 0, 0.05, 'float32', seed);
  const embedding = weight(VOCABULARY, EMBEDDING, 1);
  const input = weight(EMBEDDING, 3 * UNITS, 2);
  const recurrent = weight(UNITS, 3 * UNITS, 3);
  const output = weight(UNITS, VOCABULARY, 4);
  return (last, state) => {
    const [logits, next] = tidy(() => {
      const [xr, xz, xn] = split(matMul(gather(embedding, last), input), 3, 1) as [
        Tensor2D,
        Tensor2D,
        Tensor2D,
      ];
      const [hr, hz, hn] = split(matMul(state, recurrent), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
      const update = sigmoid(add(xz, hz));
      const candidate = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
      const h: Tensor2D = add(mul(sub(1, update), candidate), mul(update, state));
      return [matMul(h, output), h];
    });
    return { logits, state: next };
  };
}
