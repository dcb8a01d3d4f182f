import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  slice,
  stack,
  sub,
  sum,
  tidy,
} from '@tensorflow/tfjs-core';
import type { KernelFunc, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { KernelDefinition } from '../../core/engine.js';
import { CELLS, type CellDefinition, type CellState, type RecurrentCell } from './cells.js';

/** The kernels of one cell. */
export interface RecurrentKernels {
  /**
   * A recurrent layer over a whole sequence, in one direction.
   *
   * Inputs: `x` `[batch, time, gates * units]` (projected, with `bias_ih`), `mask` `[batch, time]`, `h0` and,
   * where the cell has one, `c0` `[batch, units]`, `weight` and `bias` of the recurrent product. Attributes:
   * `reverse`, `training`. Two more inputs say that `x` holds the real positions alone,
   * `[tokens, gates * units]`: `positions` (where each of them stands in the flattened mask) and `places`
   * (where each position of the mask stands among them).
   *
   * Outputs: the outputs `[batch, time, units]` (0 at padding), the final `h` and, where there is one, the
   * final `c`.
   *
   * Outputs when training:
   *
   * - `bundle` `[batch, time + 1, units]` (with a `c`: `time + 2`): all of these, one after the other
   * - `states` `[batch, time, units]` (with a `c`: `2 * units`): the state after each step
   * - `gates`: whatever else this backend's gradient kernel reads; `[0]` if nothing
   */
  readonly forward: KernelDefinition;
  /**
   * The gradient of `forward`. Inputs: `dy` (of the bundle), `mask`, `h0`, `c0`, `weight`, `bias`, `states`,
   * `gates`, and `positions` and `places` where there were any. Attribute: `reverse`.
   *
   * Outputs: gradients of `x`, `h0`, `c0` (where there is one), `weight`, `bias`.
   */
  readonly gradient: KernelDefinition;
}

/**
 * The kernels of a cell are named after it. A backend may register some of its own under these names. For a
 * cell that it has none for, the composition of tfjs operations serves.
 */
export function recurrentKernels(cell: RecurrentCell): RecurrentKernels {
  return {
    forward: { name: `Seq2SeqRecurrent_${cell}`, compose: composed(CELLS[cell], forward) },
    gradient: { name: `Seq2SeqRecurrentGrad_${cell}`, compose: composed(CELLS[cell], backward) },
  };
}

interface Attributes {
  readonly reverse: boolean;
  readonly training?: boolean;
}

type Inputs = Readonly<
  Record<'x' | 'dy' | 'mask' | 'h0' | 'c0' | 'weight' | 'bias' | 'states' | 'gates', Tensor>
> & { readonly positions?: Tensor; readonly places?: Tensor };

function composed(
  cell: CellDefinition,
  compute: (cell: CellDefinition, inputs: Inputs, attributes: Attributes) => Tensor[],
): KernelFunc {
  return ({ inputs, attrs }) =>
    tidy(() => compute(cell, inputs as unknown as Inputs, attrs as unknown as Attributes));
}

function forward(cell: CellDefinition, inputs: Inputs, { reverse, training }: Attributes): Tensor[] {
  const { weight, bias } = inputs;
  const [batch, time] = inputs.mask.shape as [number, number];
  const x = padded(inputs.x, inputs);
  const outputs: Tensor2D[] = new Array<Tensor2D>(time);
  const states: Tensor2D[] = new Array<Tensor2D>(time);
  const gates: Tensor2D[] = new Array<Tensor2D>(time);
  let state = initialState(inputs);
  for (const t of steps(time, reverse)) {
    const m = slice(inputs.mask, [0, t], [batch, 1]) as Tensor2D;
    const u: Tensor2D = add(matMul(state.h, weight, false, true), bias); // [batch, gates * units]
    const { state: next, saved } = cell.forward(at(x, t), u, state);
    outputs[t] = mul(next.h, m);
    state = carry(state, next, m);
    states[t] = state.c === undefined ? state.h : (concat([state.h, state.c], 1) as Tensor2D);
    gates[t] = saved;
  }
  const last = state.c === undefined ? [state.h] : [state.h, state.c];
  if (training !== true) return [stack(outputs, 1), ...last];
  return [stack([...outputs, ...last], 1), stack(states, 1), stack(gates, 1)];
}

function backward(cell: CellDefinition, inputs: Inputs, { reverse }: Attributes): Tensor[] {
  const { dy, mask, states, gates } = inputs;
  const [batch, time] = mask.shape as [number, number];
  const weight = inputs.weight as Tensor2D;
  const units = weight.shape[1];
  const dxs: Tensor2D[] = new Array<Tensor2D>(time);
  const dus: Tensor2D[] = new Array<Tensor2D>(time);
  const before: Tensor2D[] = new Array<Tensor2D>(time);
  let dCarry: CellState = { h: at(dy, time), ...(cell.hasCellState && { c: at(dy, time + 1) }) };
  for (const t of steps(time, !reverse)) {
    const m = slice(mask, [0, t], [batch, 1]) as Tensor2D;
    const previous = stateBefore(inputs, states, t, reverse, units);
    const dNext = mapState(dCarry, (d, part) => mul(part === 'h' ? add(d, at(dy, t)) : d, m));
    const { dx, du, dh, dc } = cell.backward(dNext, previous, at(gates, t));
    const past = mapState(dCarry, (d) => mul(d, sub(1, m)));
    const throughWeights = matMul(du, weight);
    const h = add(past.h, dh === null ? throughWeights : add(throughWeights, dh)) as Tensor2D;
    dCarry = dc === undefined ? { h } : { h, c: add(past.c as Tensor2D, dc) };
    dxs[t] = dx;
    dus[t] = du;
    before[t] = previous.h;
  }
  const du = reshape(stack(dus, 1), [batch * time, -1]) as Tensor2D;
  const hBefore = reshape(stack(before, 1), [batch * time, units]) as Tensor2D;
  const dInitial = dCarry.c === undefined ? [dCarry.h] : [dCarry.h, dCarry.c];
  return [withoutPadding(stack(dxs, 1), inputs), ...dInitial, matMul(du, hBefore, true, false), sum(du, 0)];
}

/**
 * `[tokens, size]` to `[batch, time, size]`, with any token at padding. Nothing is to do where x is that
 * already. It is no `tf.unsortedSegmentSum`, because plain wasm backends lack that.
 */
function padded(x: Tensor, { mask, places }: Inputs): Tensor {
  if (places === undefined) return x;
  return reshape(gather(x, places as Tensor1D), [...mask.shape, x.shape[1] as number]);
}

/** `[batch, time, size]` to `[tokens, size]`: undoes `padded`. */
function withoutPadding(x: Tensor, { positions }: Inputs): Tensor {
  if (positions === undefined) return x;
  const [batch, time, size] = x.shape as [number, number, number];
  return gather(reshape(x, [batch * time, size]), positions as Tensor1D);
}

function* steps(time: number, reverse: boolean): Iterable<number> {
  for (let i = 0; i < time; i++) yield reverse ? time - 1 - i : i;
}

/** Position `t` of a batch-first sequence: `[batch, time, size]` to `[batch, size]`. */
function at(sequence: Tensor, t: number): Tensor2D {
  const [batch, , size] = sequence.shape as [number, number, number];
  return reshape(slice(sequence as Tensor3D, [0, t, 0], [batch, 1, size]), [batch, size]);
}

function initialState({ h0, c0 }: Inputs): CellState {
  return c0 === undefined ? { h: h0 as Tensor2D } : { h: h0 as Tensor2D, c: c0 as Tensor2D };
}

function stateBefore(inputs: Inputs, states: Tensor, t: number, reverse: boolean, units: number): CellState {
  const before = reverse ? t + 1 : t - 1;
  if (before < 0 || before >= (states.shape[1] as number)) return initialState(inputs);
  const both = at(states, before);
  const [batch, size] = both.shape;
  if (size === units) return { h: both };
  return { h: slice(both, [0, 0], [batch, units]), c: slice(both, [0, units], [batch, units]) };
}

/** A masked row keeps its state. */
function carry(state: CellState, next: CellState, m: Tensor2D): CellState {
  return mapState(next, (value, part) => {
    const old = state[part] as Tensor2D;
    return add(mul(value, m), mul(old, sub(1, m))); // exact, where old + m (value - old) rounds
  });
}

function mapState({ h, c }: CellState, change: (value: Tensor2D, part: 'h' | 'c') => Tensor2D): CellState {
  return c === undefined ? { h: change(h, 'h') } : { h: change(h, 'h'), c: change(c, 'c') };
}
