import { concat, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { linear } from '../linear.js';
import { recurrentOperands, runRecurrence, unbundled, type RecurrentSequenceResult } from './operation.js';
import type { RecurrentRun } from './recurrentLayers.js';
import { recurrentSequence } from './recurrentSequence.js';

/** What a layer computed over some steps: its output and its last state. */
export interface LayerRecord extends RecurrentSequenceResult {
  /** `states` and `gates` of `RecurrentKernels`; `null` where no gradient will be asked for. */
  readonly forGradient: { readonly states: Tensor; readonly gates: Tensor } | null;
}

/**
 * Runs a stack forward, off the tape, and keeps what `backwardOnly` needs of each layer.
 *
 * @param records takes one a layer
 * @param forGradient whether there will be a gradient
 */
export function recordForward(records: LayerRecord[], forGradient: boolean): RecurrentRun {
  return {
    linear,
    sequence(inputs, { cell, reverse }) {
      if (forGradient) {
        const made = runRecurrence(recurrentOperands(inputs), { cell, reverse, training: true });
        const [bundle, states, gates] = made as [Tensor3D, Tensor, Tensor];
        records.push({ ...unbundled(bundle, inputs.mask), forGradient: { states, gates } });
      } else {
        records.push({ ...recurrentSequence(inputs, { cell, reverse }), forGradient: null });
      }
      return records.at(-1) as LayerRecord;
    },
  };
}

/** One record of a layer that ran over some steps, then over the next. */
export function joinRecords(parts: readonly LayerRecord[]): LayerRecord {
  const outputs = parts.map(({ output }) => output);
  const kept = parts.flatMap(({ forGradient }) => forGradient ?? []);
  const states = kept.map((part) => part.states);
  const gates = kept.map((part) => part.gates);
  return {
    output: concat(outputs, 1),
    state: (parts.at(-1) as LayerRecord).state,
    forGradient: kept.length === 0 ? null : { states: concat(states, 1), gates: joinGates(gates) },
  };
}

/** A backend whose gradient reads no gates of a cell returns `[0]` for them. */
function joinGates(parts: Tensor[]): Tensor {
  const [first] = parts as [Tensor, ...Tensor[]];
  return first.size === 0 ? first : concat(parts, 1);
}
