import { cast, ones, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { boolean, positiveInteger, type OptionTable } from '../core/options.js';
import { uniformInitializer } from '../core/parameters.js';
import { linear } from '../ops/linear.js';
import { CELLS, type RecurrentCell } from '../ops/recurrent/cells.js';
import { checkRecurrentInputs } from '../ops/recurrent/checkInputs.js';
import { recurrentSequence } from '../ops/recurrent/recurrentSequence.js';
import { inputShapes, Seq2SeqLayer, type Seq2SeqLayerArgs, type Shape } from './seq2seqLayer.js';

/** Options of every recurrent layer. */
export interface RecurrentLayerArgs extends Seq2SeqLayerArgs {
  /** Width of the output and of the state, from 1. */
  readonly units: number;
  /**
   * Whether the output is every step's, `[batch, time, units]`, or the last real one's, `[batch, units]`.
   * Default false.
   */
  readonly returnSequences?: boolean;
  /** Whether the final state is returned after the output. Default false. */
  readonly returnState?: boolean;
  /**
   * Whether it reads from the last real step to the first. Outputs stay in the order of time. Default false.
   */
  readonly reverse?: boolean;
}

interface Weights {
  readonly inputWeight: Tensor2D;
  readonly weight: Tensor2D;
  readonly inputBias: Tensor1D;
  readonly bias: Tensor1D;
}

/** What every recurrent layer is told, defaults filled in. */
export type RecurrentSettings = Required<Omit<RecurrentLayerArgs, keyof Seq2SeqLayerArgs>>;

const RECURRENT_OPTIONS: OptionTable<RecurrentSettings> = {
  units: [positiveInteger],
  returnSequences: [boolean, false],
  returnState: [boolean, false],
  reverse: [boolean, false],
};

/** A recurrent layer as a tfjs-layers layer over the fused sequence operation. */
export abstract class RecurrentLayer<
  S extends RecurrentSettings = RecurrentSettings,
> extends Seq2SeqLayer<S> {
  protected abstract readonly cell: RecurrentCell;
  private weightsInUse: Weights | null = null;

  protected constructor(
    private readonly where: string,
    args: RecurrentLayerArgs,
    table: OptionTable<Omit<S, keyof RecurrentSettings>>,
  ) {
    checkDirection(where, args);
    super(where, args, { ...RECURRENT_OPTIONS, ...table } as unknown as OptionTable<S>);
  }

  private get states(): number {
    return CELLS[this.cell].hasCellState ? 2 : 1;
  }

  private get stateNames(): string {
    return CELLS[this.cell].hasCellState ? 'h, c' : 'h';
  }

  protected override get outputs(): number {
    return 1 + (this.settings.returnState ? this.states : 0);
  }

  override build(inputShape: Shape | Shape[]): void {
    const inputSize = this.inputSize(inputShape);
    const { units } = this.settings;
    const rows = CELLS[this.cell].gates * units;
    const draw = uniformInitializer(this.random, 1 / Math.sqrt(units));
    this.weightsInUse = {
      inputWeight: this.parameters.add<Variable & Tensor2D>('weight_ih', [rows, inputSize], draw),
      weight: this.parameters.add<Variable & Tensor2D>('weight_hh', [rows, units], draw),
      inputBias: this.parameters.add<Variable & Tensor1D>('bias_ih', [rows], draw),
      bias: this.parameters.add<Variable & Tensor1D>('bias_hh', [rows], draw),
    };
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    this.inputSize(inputShape);
    const [batch, time] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
    const { units, returnSequences, returnState } = this.settings;
    const state: Shape = [batch as number | null, units];
    const output = returnSequences ? [batch as number | null, time as number | null, units] : state;
    return returnState ? [output, ...new Array<Shape>(this.states).fill(state)] : output;
  }

  override apply(...[inputs, kwargs]: Parameters<Seq2SeqLayer['apply']>): ReturnType<Seq2SeqLayer['apply']> {
    for (const name of ['initialState', 'constants']) {
      const received = kwargs?.[name] as unknown;
      if (received === undefined || received === null) continue;
      throw mismatch('invalid-option', {
        where: this.where,
        expected: `no ${name} beside the inputs`,
        received,
        hint:
          `Inputs are x, [x, mask] or [x, mask, ${this.stateNames}]; ` +
          'tf.ones([batch, time]) is the mask of sequences without padding.',
      });
    }
    return super.apply(inputs, kwargs);
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const [x, mask, ...given] = (Array.isArray(inputs) ? inputs : [inputs]) as [
      Tensor3D,
      Tensor2D?,
      ...Tensor2D[],
    ];
    const { inputWeight, inputBias, weight, bias } = this.weightsInUse as Weights;
    const { units, returnSequences, returnState, reverse } = this.settings;
    return tidy(() => {
      const inputSize = inputWeight.shape[1];
      if (x.rank !== 3 || x.shape[2] !== inputSize) {
        const expected = `x of [batch, time, ${inputSize}], as the layer was built for`;
        throw mismatch('invalid-shape', { where: this.where, expected, received: x.shape });
      }
      const [batch, time] = x.shape;
      const start =
        given.length > 0
          ? given
          : Array.from({ length: this.states }, () => zeros<Tensor2D['rankType']>([batch, units]));
      const [h, c] = start as [Tensor2D, Tensor2D?];
      const sequence = {
        projected: linear(x, inputWeight, inputBias),
        mask: mask === undefined ? ones<Tensor2D['rankType']>([batch, time]) : cast(mask, 'float32'),
        initial: c === undefined ? { h } : { h, c },
        weight,
        bias,
      };
      checkRecurrentInputs(this.where, this.cell, sequence);
      const { output, state } = recurrentSequence(sequence, { cell: this.cell, reverse });
      const first = returnSequences ? output : state.h;
      if (!returnState) return first;
      return state.c === undefined ? [first, state.h] : [first, state.h, state.c];
    });
  }

  private inputSize(inputShape: Shape | Shape[]): number {
    const states = this.stateNames;
    const { units } = this.settings;
    const shapes = inputShapes(
      this.where,
      inputShape,
      1,
      2 + this.states,
      `x, [x, mask] or [x, mask, ${states}]`,
    );
    const size = shapes[0]?.[2];
    const statesFit = shapes.slice(2).every((state) => state.length === 2 && state[1] === units);
    const maskFits = shapes[1] === undefined || agree(shapes[1], shapes[0]?.slice(0, 2) ?? []);
    const countFits = shapes.length <= 2 || shapes.length === 2 + this.states;
    if (shapes[0]?.length === 3 && typeof size === 'number' && statesFit && maskFits && countFits)
      return size;
    throw mismatch('invalid-shape', {
      where: this.where,
      expected:
        'x [batch, time, size] of known size, then a mask [batch, time], ' +
        `then ${states} of [batch, ${units}]`,
      received: shapes,
    });
  }
}

/**
 * Refuses the option that tfjs-layers' wrapper `bidirectional` sets. That wrapper would reverse outputs that
 * are in order already, and take a mask for a state.
 */
function checkDirection(where: string, args: object): void {
  const received = (args as { readonly goBackwards?: unknown } | null)?.goBackwards;
  if (received === undefined) return;
  throw mismatch('invalid-option', {
    where,
    expected: 'no goBackwards',
    received,
    hint:
      'To read from the end, set { reverse: true }. To read both ways, ' +
      'not bidirectional() but two layers, one in reverse, and layers.concatenate().',
  });
}

/** Whether two shapes can be those of the same tensor; `null` is a size that is not known yet. */
function agree(a: Shape, b: Shape): boolean {
  return (
    a.length === b.length && a.every((size, axis) => size === null || b[axis] === null || size === b[axis])
  );
}
