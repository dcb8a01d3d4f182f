import { add, concat, mul, relu, sigmoid, split, step, sub, tanh } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The recurrences: plain with tanh or ReLU (Elman 1990), GRU (Cho et al. 2014), LSTM (Hochreiter &
 * Schmidhuber 1997).
 */
export type RecurrentCell = 'tanh' | 'relu' | 'gru' | 'lstm';

/** The activations of the plain recurrence, which users know as `'rnn'`. */
export const RNN_ACTIVATIONS = ['tanh', 'relu'] as const;

/** A state inside a layer: `h`, and `c` where the cell has one, both `[batch, units]`. */
export interface CellState {
  readonly h: Tensor2D;
  readonly c?: Tensor2D;
}

/** A step of a cell, with what its gradient needs (`[batch, k * units]`). */
export interface CellStep {
  readonly state: CellState;
  readonly saved: Tensor2D;
}

/** The gradient of a step. */
export interface CellGradient {
  /** Of the projected input. */
  readonly dx: Tensor2D;
  /** Of the recurrent product. It is `dx` where the cell just adds the two. */
  readonly du: Tensor2D;
  /** What reaches the previous `h` past the recurrent product. */
  readonly dh: Tensor2D | null;
  /** Of the previous `c`. */
  readonly dc?: Tensor2D;
}

/** Everything that the library knows of one recurrence. */
export interface CellDefinition {
  /** How many gates the rows of `weight_ih` and `weight_hh` hold, `units` rows each, in PyTorch's order. */
  readonly gates: number;
  /** Whether the state has a `c` beside `h`. */
  readonly hasCellState: boolean;
  /**
   * One step, without its products.
   *
   * @param x the projected input, `W_ih x + b_ih`, `[batch, gates * units]`
   * @param u the recurrent product, `W_hh h + b_hh`, `[batch, gates * units]`
   */
  readonly forward: (x: Tensor2D, u: Tensor2D, state: CellState) => CellStep;
  /**
   * @param dNext gradient of the new state
   * @param previous the state before the step
   * @param saved what `forward` returned
   */
  readonly backward: (dNext: CellState, previous: CellState, saved: Tensor2D) => CellGradient;
}

/** A function of the gates. Its slope is computed from its value. */
interface Activation {
  readonly apply: (x: Tensor2D) => Tensor2D;
  readonly slope: (y: Tensor2D) => Tensor2D;
}

const SIGMOID: Activation = { apply: sigmoid, slope: (y) => mul(y, sub(1, y)) };
const TANH: Activation = { apply: tanh, slope: (y) => sub(1, mul(y, y)) };
const RELU: Activation = { apply: relu, slope: (y) => step(y) };

/**
 * All recurrences. A new one is a name above and an entry here: operations, encoders and decoders read the
 * rest from it. It needs no kernel: a backend that has none for it composes it of tfjs operations
 * (`recurrentKernels`).
 */
export const CELLS: Readonly<Record<RecurrentCell, CellDefinition>> = {
  tanh: /* @__PURE__ */ plainCell(TANH),
  relu: /* @__PURE__ */ plainCell(RELU),
  gru: /* @__PURE__ */ gruCell(SIGMOID),
  lstm: /* @__PURE__ */ lstmCell(SIGMOID),
};

/** `h' = act(x + u)`. */
function plainCell(activation: Activation): CellDefinition {
  return {
    gates: 1,
    hasCellState: false,
    forward(x, u) {
      const h = activation.apply(add(x, u));
      return { state: { h }, saved: h };
    },
    backward(dNext, _previous, saved) {
      const dx: Tensor2D = mul(dNext.h, activation.slope(saved));
      return { dx, du: dx, dh: null };
    },
  };
}

/** `r, z = gate(x + u)`, `n = tanh(x_n + r u_n)`, `h' = n + z (h - n)`. */
function gruCell(gate: Activation): CellDefinition {
  return {
    gates: 3,
    hasCellState: false,
    forward(x, u, { h }) {
      const [xr, xz, xn] = split(x, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
      const [ur, uz, un] = split(u, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
      const r = gate.apply(add(xr, ur));
      const z = gate.apply(add(xz, uz));
      const n: Tensor2D = tanh(add<Tensor2D>(xn, mul(r, un)));
      const next: Tensor2D = add(n, mul<Tensor2D>(z, sub(h, n)));
      return { state: { h: next }, saved: concat([r, z, n, un], 1) as Tensor2D };
    },
    backward(dNext, previous, saved) {
      const d = dNext.h;
      const [r, z, n, un] = split(saved, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const dn: Tensor2D = mul(mul(d, sub(1, z)), TANH.slope(n));
      const dz: Tensor2D = mul(mul(d, sub(previous.h, n)), gate.slope(z));
      const dr: Tensor2D = mul(mul(dn, un), gate.slope(r));
      const du = concat([dr, dz, mul<Tensor2D>(dn, r)], 1);
      const dh: Tensor2D = mul(d, z);
      return { dx: concat([dr, dz, dn], 1), du, dh };
    },
  };
}

/** `i, f, o = gate(x + u)`, `g = tanh(x + u)`, `c' = f c + i g`, `h' = o tanh(c')`. */
function lstmCell(gate: Activation): CellDefinition {
  return {
    gates: 4,
    hasCellState: true,
    forward(x, u, { c }) {
      const [xi, xf, xg, xo] = split(add(x, u), 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const [i, f, o] = [gate.apply(xi), gate.apply(xf), gate.apply(xo)];
      const g = tanh(xg);
      const next: Tensor2D = add(mul(f, c as Tensor2D), mul(i, g));
      const tanhC = tanh(next);
      return { state: { h: mul(o, tanhC), c: next }, saved: concat([i, f, g, o, tanhC], 1) as Tensor2D };
    },
    backward(dNext, previous, saved) {
      const d = dNext.h;
      const [i, f, g, o, tanhC] = split(saved, 5, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const dc: Tensor2D = add(dNext.c as Tensor2D, mul(mul(d, o), TANH.slope(tanhC)));
      const di: Tensor2D = mul(mul(dc, g), gate.slope(i));
      const df: Tensor2D = mul(mul(dc, previous.c as Tensor2D), gate.slope(f));
      const dg: Tensor2D = mul(mul(dc, i), TANH.slope(g));
      const dout: Tensor2D = mul(mul(d, tanhC), gate.slope(o));
      const dx = concat([di, df, dg, dout], 1);
      return { dx, du: dx, dh: null, dc: mul(dc, f) };
    },
  };
}
