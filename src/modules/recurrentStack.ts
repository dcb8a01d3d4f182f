import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { CELLS, type RecurrentCell } from '../ops/recurrent/cells.js';
import type { RecurrentStack } from '../ops/recurrent/recurrentLayers.js';

/**
 * Adds the weights of a stack of recurrent layers, named `rnn.weight_ih_l0` … as in PyTorch's `nn.GRU`,
 * each drawn from U(-1/√units, 1/√units).
 *
 * @param inputSize width of what the first layer reads; 0 leaves it without an input weight's columns
 */
export function addRecurrentParameters(
  parameters: ParameterSet,
  {
    cell,
    inputSize,
    units,
    layers,
    bidirectional,
  }: {
    cell: RecurrentCell;
    inputSize: number;
    units: number;
    layers: number;
    bidirectional: boolean;
  },
  random: Random,
): RecurrentStack {
  const rows = CELLS[cell].gates * units;
  const draw = uniformInitializer(random, 1 / Math.sqrt(units));
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  return Array.from({ length: layers }, (_, layer) =>
    suffixes.map((suffix) => {
      const name = (part: string): string => `rnn.${part}_l${layer}${suffix}`;
      const size = layer === 0 ? inputSize : units * suffixes.length;
      return {
        inputWeight: parameters.add<Variable & Tensor2D>(name('weight_ih'), [rows, size], draw),
        weight: parameters.add<Variable & Tensor2D>(name('weight_hh'), [rows, units], draw),
        inputBias: parameters.add<Variable & Tensor1D>(name('bias_ih'), [rows], draw),
        bias: parameters.add<Variable & Tensor1D>(name('bias_hh'), [rows], draw),
      };
    }),
  );
}
