import { add, concat, matMul, mul, relu, sigmoid, split, step, sub, tanh } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** The recurrences: plain (Elman 1990) with tanh or ReLU, GRU (Cho et al. 2014), LSTM (Hochreiter & Schmidhuber 1997). */
export type RecurrentCell = 'tanh' | 'relu' | 'gru' | 'lstm';

/** How many gate rows a unit has in `weight_ih` and `weight_hh`, in PyTorch's order. */
export const GATES: Readonly<Record<RecurrentCell, number>> = { tanh: 1, relu: 1, gru: 3, lstm: 4 };

/** The recurrent weights of one layer and direction. */
export interface RecurrentWeights {
  /** `weight_hh`, `[gates * units, units]`. */
  readonly weight: Tensor2D;
  /** `bias_hh`, `[gates * units]`. */
  readonly bias: Tensor1D;
}

/** A state inside a layer: `h`, and `c` for the LSTM, both `[batch, units]`. */
export interface CellState {
  readonly h: Tensor2D;
  readonly c?: Tensor2D;
}

/** A step of a cell, with what its gradient needs (`[batch, k * units]`). */
export interface CellStep {
  readonly state: CellState;
  readonly saved: Tensor2D;
}

/** The gradient of a step: of the projected input, of the recurrent product (the same but for GRU), and of the cell. */
export interface CellGradient {
  readonly dx: Tensor2D;
  readonly du: Tensor2D;
  /** What reaches the previous `h` past the recurrent product. */
  readonly dh: Tensor2D | null;
  readonly dc?: Tensor2D;
}

/** @param x the projected input with `bias_ih`, `[batch, gates * units]` */
export function cellForward(
  cell: RecurrentCell,
  x: Tensor2D,
  { h, c }: CellState,
  { weight, bias }: RecurrentWeights,
): CellStep {
  const u = add(matMul(h, weight, false, true), bias); // [batch, gates * units]
  if (cell === 'gru') {
    const [xr, xz, xn] = split(x, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const [ur, uz, un] = split(u, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const r = sigmoid(add<Tensor2D>(xr, ur));
    const z = sigmoid(add<Tensor2D>(xz, uz));
    const n: Tensor2D = tanh(add<Tensor2D>(xn, mul(r, un)));
    const next: Tensor2D = add(n, mul<Tensor2D>(z, sub(h, n)));
    return { state: { h: next }, saved: concat([r, z, n, un], 1) as Tensor2D };
  }
  if (cell === 'lstm') {
    const [xi, xf, xg, xo] = split(add(x, u), 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const [i, f, o] = [sigmoid(xi), sigmoid(xf), sigmoid(xo)];
    const g = tanh(xg);
    const cNext: Tensor2D = add(mul(f, c as Tensor2D), mul(i, g));
    const tanhC = tanh(cNext);
    return { state: { h: mul(o, tanhC), c: cNext }, saved: concat([i, f, g, o, tanhC], 1) as Tensor2D };
  }
  const sum: Tensor2D = add(x, u);
  const next = cell === 'tanh' ? tanh(sum) : relu(sum);
  return { state: { h: next }, saved: next };
}

/**
 * @param dNext gradient of the new state
 * @param previous the state before the step
 * @param saved what `cellForward` returned
 */
export function cellBackward(
  cell: RecurrentCell,
  dNext: CellState,
  previous: CellState,
  saved: Tensor2D,
): CellGradient {
  const d = dNext.h;
  if (cell === 'gru') {
    const [r, z, n, un] = split(saved, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const dn: Tensor2D = mul(mul(d, sub(1, z)), tanhSlope(n));
    const dz: Tensor2D = mul(mul(d, sub(previous.h, n)), sigmoidSlope(z));
    const dr: Tensor2D = mul(mul(dn, un), sigmoidSlope(r));
    const dh: Tensor2D = mul(d, z);
    return { dx: concat([dr, dz, dn], 1), du: concat([dr, dz, mul<Tensor2D>(dn, r)], 1), dh };
  }
  if (cell === 'lstm') {
    const [i, f, g, o, tanhC] = split(saved, 5, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const dc: Tensor2D = add(dNext.c as Tensor2D, mul(mul(d, o), tanhSlope(tanhC)));
    const di: Tensor2D = mul(mul(dc, g), sigmoidSlope(i));
    const df: Tensor2D = mul(mul(dc, previous.c as Tensor2D), sigmoidSlope(f));
    const dg: Tensor2D = mul(mul(dc, i), tanhSlope(g));
    const dout: Tensor2D = mul(mul(d, tanhC), sigmoidSlope(o));
    const dx = concat([di, df, dg, dout], 1);
    return { dx, du: dx, dh: null, dc: mul(dc, f) };
  }
  const dx: Tensor2D = mul(d, cell === 'tanh' ? tanhSlope(saved) : step(saved));
  return { dx, du: dx, dh: null };
}

function sigmoidSlope(y: Tensor2D): Tensor2D {
  return mul(y, sub(1, y));
}

function tanhSlope(y: Tensor2D): Tensor2D {
  return sub(1, mul(y, y));
}
