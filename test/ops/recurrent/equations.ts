import type { RecurrentCell } from '../../../src/ops/recurrent/cells.js';

type Gates = readonly [number, number, number, number];
type UnitState = { readonly h: number; readonly c: number };

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/**
 * The next state of one unit of each cell, from its equations, in float64. A new cell is one more row.
 *
 * @param x what the input gives each gate of the unit, and `u` what the state gives it
 */
const equations: Readonly<
  Record<RecurrentCell, (x: Gates, u: Gates, state: UnitState) => Partial<UnitState> & { h: number }>
> = {
  tanh: ([x], [u]) => ({ h: Math.tanh(x + u) }),
  relu: ([x], [u]) => ({ h: Math.max(0, x + u) }),
  gru([xr, xz, xn], [ur, uz, un], { h }) {
    const [r, z] = [sigmoid(xr + ur), sigmoid(xz + uz)];
    return { h: (1 - z) * Math.tanh(xn + r * un) + z * h };
  },
  lstm([xi, xf, xg, xo], [ui, uf, ug, uo], { c }) {
    const next = sigmoid(xf + uf) * c + sigmoid(xi + ui) * Math.tanh(xg + ug);
    return { h: sigmoid(xo + uo) * Math.tanh(next), c: next };
  },
};
/** The inputs of one recurrence, batch first. */
interface Run {
  readonly x: number[][][];
  readonly mask: number[][];
  readonly h0: number[][];
  readonly c0: number[][];
  readonly weight: number[][];
  readonly bias: number[];
}

interface Ends {
  /** `[batch, time, units]`, 0 at padding */
  readonly outputs: number[][][];
  readonly h: number[][];
  /** NaN where the cell has none. */
  readonly c: number[][];
}

/** Outputs, and the state that each row ends with, by plain loops in float64. */
export function runEquations(cell: RecurrentCell, { x, mask, h0, c0, weight, bias }: Run): Ends {
  const next = equations[cell];
  const rows = x.map((row, n) => {
    let state = (h0[n] as number[]).map((h, k): UnitState => ({ h, c: c0[n]?.[k] as number }));
    const outputs = row.map((xt, t) => {
      const u = weight.map((weights, g) =>
        weights.reduce((sum, v, k) => sum + v * (state[k] as UnitState).h, bias[g] as number),
      );
      const unit = (values: readonly number[], k: number): Gates =>
        [0, 1, 2, 3].map((gate) => values[gate * state.length + k] ?? NaN) as unknown as Gates;
      const after = state.map((old, k) => ({ c: NaN, ...next(unit(xt, k), unit(u, k), old) }));
      if (mask[n]?.[t] !== 1) return after.map(() => 0);
      state = after;
      return state.map(({ h }) => h);
    });
    return { outputs, state };
  });
  return {
    outputs: rows.map(({ outputs }) => outputs),
    h: rows.map(({ state }) => state.map(({ h }) => h)),
    c: rows.map(({ state }) => state.map(({ c }) => c)),
  };
}
