import { scalar, tensor1d, tensor2d, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelDefinition } from '../../../src/core/engine.js';
import type { Random } from '../../../src/core/random.js';
import { CELLS, type RecurrentCell } from '../../../src/ops/recurrent/cells.js';
import { recurrentKernels } from '../../../src/ops/recurrent/kernels.js';
import { randomTensor } from './reference.js';

/** Runs a kernel, the native one or the composition. */
export type Run = (
  definition: KernelDefinition,
  inputs: Record<string, Tensor>,
  attributes?: NamedAttrMap,
) => Tensor[];

/** A call of a kernel whose outputs are the same for the native one and the composition. */
export interface Example {
  readonly inputs: (make: (...shape: number[]) => Tensor, run: Run) => Record<string, Tensor>;
  readonly attributes?: NamedAttrMap;
}

/** One call for every kernel of this library, by its name. */
export const examples: Readonly<Record<string, Example>> = {
  Seq2SeqLinear: { inputs: (make) => ({ x: make(2, 3), weight: make(5, 3), bias: make(5) }) },
  Seq2SeqLayerNorm: {
    inputs: (make) => ({ x: make(3, 5), scale: make(5), shift: make(5) }),
    attributes: { epsilon: 1e-5 },
  },
  Seq2SeqLayerNormGrad: {
    inputs: (make) => ({ dy: make(3, 5), x: make(3, 5), scale: make(5), mean: make(3), rstd: make(3) }),
  },
  Seq2SeqLogSumExp: { inputs: (make) => ({ x: make(3, 5) }) },
  Seq2SeqScaled: { inputs: (make) => ({ x: make(3, 5), factor: scalar(3) }) },
  Seq2SeqSumOfSquares: { inputs: (make) => ({ x: make(3, 5) }) },
  Seq2SeqDropoutMask: { inputs: () => ({}), attributes: { shape: [3, 5], rate: 0.3, seed: 7 } },
  Seq2SeqAdam: {
    inputs: (make) => ({
      parameter: make(2),
      gradient: make(2),
      m: make(2),
      v: tensor1d([0.5, 2]),
      scale: scalar(0.5),
    }),
    attributes: {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      correction1: 0.3,
      correction2: 0.2,
    },
  },
  Seq2SeqAdditiveScores: {
    inputs: (make) => ({ queries: make(2, 3, 5), keys: make(2, 7, 5), energy: make(1, 5) }),
  },
  Seq2SeqAdditiveScoresGrad: {
    inputs: (make) => ({
      dy: make(2, 3, 7),
      queries: make(2, 3, 5),
      keys: make(2, 7, 5),
      energy: make(1, 5),
    }),
  },
  Seq2SeqProjectedCrossEntropy: {
    inputs: (make) => ({
      features: make(3, 5),
      weight: make(7, 5),
      bias: make(7),
      targets: tensor1d([6, 0, 2], 'int32'),
      scales: make(3),
      classWeights: make(7),
    }),
    attributes: { labelSmoothing: 0.1, training: true },
  },
  ...Object.fromEntries((Object.keys(CELLS) as RecurrentCell[]).flatMap(recurrentExamples)),
};

function recurrentExamples(cell: RecurrentCell): [string, Example][] {
  const { forward, gradient } = recurrentKernels(cell);
  const { gates, hasCellState } = CELLS[cell];
  const layer: Example['inputs'] = (make) => ({
    mask: tensor2d([[1, 1, 1], [1, 1, 0]]), // prettier-ignore
    h0: make(2, 5),
    ...(hasCellState && { c0: make(2, 5) }),
    weight: make(5 * gates, 5),
    bias: make(5 * gates),
  });
  const sequence: Example = {
    inputs: (make, run) => ({ ...layer(make, run), x: make(2, 3, 5 * gates) }),
    attributes: { reverse: false, training: false },
  };
  // The gradient reads what its own forward pass saved; that is the business of each backend.
  const back: Example = {
    inputs(make, run) {
      const { x, ...inputs } = sequence.inputs(make, run) as { x: Tensor; [name: string]: Tensor };
      const outputs = run(forward, { ...inputs, x }, { reverse: true, training: true });
      const [dy, states, saved] = outputs as [Tensor, Tensor, Tensor];
      return { ...inputs, dy, states, gates: saved };
    },
    attributes: { reverse: true },
  };
  return [
    [forward.name, sequence],
    [gradient.name, back],
  ];
}

/** Runs an example, with the same inputs for the same state of `random`. */
export function runExample(definition: KernelDefinition, run: Run, random: Random): Tensor[] {
  const example = examples[definition.name];
  if (example === undefined) throw new Error(`kernelExamples.ts: give ${definition.name} an example.`);
  const inputs = example.inputs((...shape) => randomTensor(random, shape), run);
  return run(definition, inputs, example.attributes);
}
