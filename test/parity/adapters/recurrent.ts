import { concat, slice, split, squeeze, stack } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import {
  createRandom,
  linear,
  recurrentEncoder,
  recurrentLayers,
  type LayerState,
  type RecurrentCell,
  type RecurrentLayerWeights,
} from '../../../src/index.js';
import type { Adapter, TensorCase } from '../adapter.js';
import { stored, tensorOf, variableOf, withPrefix, type Fixture } from '../fixture.js';
import { maskOf } from '../mask.js';

interface Config {
  readonly cell: 'rnn_tanh' | 'rnn_relu' | 'gru' | 'lstm';
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly input: number;
  readonly hidden: number;
  readonly time: number;
  readonly lengths: number[] | null;
}

/** The block where the state starts at zero; the operation under it where the case gives an initial state. */
export const recurrent: Adapter = (fixture) =>
  fixture.stored.has('in.h0') ? layersCase(fixture) : encoderCase(fixture);

function layersCase(fixture: Fixture): TensorCase {
  const { cell, layers, bidirectional, time, lengths } = fixture.config as unknown as Config;
  const parameters = variablesOf(fixture, 'param');
  const inputs = variablesOf(fixture, 'in');
  const mask = maskOf(lengths ?? stored(fixture, 'in.lengths').data, time);
  const weights = Array.from({ length: layers }, (_, layer) =>
    (bidirectional ? ['', '_reverse'] : ['']).map((direction): RecurrentLayerWeights => {
      const named = <T extends Tensor>(part: string): T =>
        parameters[`${part}_l${layer}${direction}`] as unknown as T;
      return {
        inputWeight: named<Tensor2D>('weight_ih'),
        inputBias: named<Tensor1D>('bias_ih'),
        weight: named<Tensor2D>('weight_hh'),
        bias: named<Tensor1D>('bias_hh'),
      };
    }),
  );
  const perLayer = (name: string): Tensor2D[] => {
    const all = inputs[name] as unknown as Tensor3D; // [layer * directions + direction, batch, hidden]
    const at = (row: number): Tensor2D => squeeze(slice(all, [row, 0, 0], [1, -1, -1]), [0]);
    return weights.map((directions, layer) =>
      concat(
        directions.map((_, d) => at(layer * directions.length + d)),
        1,
      ),
    );
  };
  return {
    parameters,
    inputs,
    outputs() {
      const hs = perLayer('h0');
      const cs = cell === 'lstm' ? perLayer('c0') : null;
      const initial = hs.map((h, layer): LayerState =>
        cs === null ? { h } : { h, c: cs[layer] as Tensor2D },
      );
      const { output, states } = recurrentLayers(weights, cell.replace('rnn_', '') as RecurrentCell, {
        project: ({ inputWeight, inputBias }) =>
          linear(inputs['x'] as unknown as Tensor3D, inputWeight, inputBias),
        mask,
        initial,
      });
      return { output, ...finalStates(states, bidirectional ? 2 : 1) };
    },
    dispose: () =>
      [mask, ...Object.values(parameters), ...Object.values(inputs)].forEach((owned) => owned.dispose()),
  };
}

function encoderCase(fixture: Fixture): TensorCase {
  const { cell, layers, bidirectional, input, hidden, time, lengths } = fixture.config as unknown as Config;
  const [kind, activation] = cell.split('_') as ['rnn' | 'gru' | 'lstm', 'tanh' | 'relu' | undefined];
  const encoder = recurrentEncoder({
    cell: kind,
    ...(activation !== undefined && { activation }),
    units: hidden,
    layers,
    bidirectional,
  }).build({ source: { kind: 'frames', features: input }, random: createRandom(1) });
  const parameters = Object.fromEntries(
    Object.entries(encoder.parameters()).map(([name, parameter]) => [name.replace('rnn.', ''), parameter]),
  );
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = tensorOf(fixture, `param.${name}`);
    parameter.assign(value);
    value.dispose();
  }
  const x = variableOf<Variable & Tensor3D>(fixture, 'in.x');
  const mask = maskOf(lengths ?? new Array<number>(x.shape[0]).fill(time), time);
  return {
    parameters,
    inputs: { x },
    outputs() {
      const { memory, state } = encoder.forward(x, mask);
      return { output: memory, ...finalStates(state ?? [], bidirectional ? 2 : 1) };
    },
    dispose: () => [encoder, x, mask].forEach((owned) => owned.dispose()),
  };
}

/**
 * Each layer's concatenated directions as PyTorch stacks them:
 * `[layer * directions + direction, batch, hidden]`.
 */
function finalStates(states: readonly LayerState[], directions: number): Record<string, Tensor> {
  const apart = (part: Tensor2D): Tensor2D[] => (directions === 1 ? [part] : split(part, directions, 1));
  const stacked = (parts: readonly Tensor2D[]): Tensor => stack(parts.flatMap(apart));
  const cells = states.flatMap(({ c }) => (c === undefined ? [] : [c]));
  const h_n = stacked(states.map(({ h }) => h));
  return cells.length > 0 ? { h_n, c_n: stacked(cells) } : { h_n };
}

function variablesOf(fixture: Fixture, prefix: string): Record<string, Variable> {
  const floats = withPrefix(fixture, prefix).filter(([, { dtype }]) => dtype === 'F32');
  return Object.fromEntries(floats.map(([name]) => [name, variableOf(fixture, `${prefix}.${name}`)]));
}
