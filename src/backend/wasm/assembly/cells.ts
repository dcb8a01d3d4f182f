// One step of a recurrent cell for one row: the elementwise part, after the recurrent product.
//
// `x` is the projected input, `u` the recurrent product h Wᵀ without its bias. These two and `bias` hold
// gates * units floats each, one gate after the other.

import { load, store } from './lanes';
import { sigmoid4, tanh4 } from './math';

/** The cells that have kernels, by the names that `src/ops/recurrent/cells.ts` gives them. */
export enum Cell { tanh, relu, gru, lstm }

/** How many gates the rows of a cell's weights hold, `units` rows each. */
export function gateCount(cell: Cell): i32 {
  return cell == Cell.lstm ? 4 : cell == Cell.gru ? 3 : 1;
}

/** How many vectors of `units` floats a cell's state has: `h`, and the `c` of an LSTM. */
export function stateParts(cell: Cell): i32 {
  return cell == Cell.lstm ? 2 : 1;
}

/** How many parts of `units` floats the forward pass of a cell saves of each step for the backward pass. */
export function savedGates(cell: Cell): i32 {
  return cell == Cell.gru || cell == Cell.lstm ? 4 : 0;
}

/** h' = tanh or relu (x + u + b). It replaces `h` and is written to `out` too. */
export function plainForward(
  cell: Cell, units: i32, x: usize, u: usize, bias: usize, h: usize, out: usize,
): void {
  for (let left = units; left > 0; left -= 4) {
    const sum = gateSum(x, u, bias, left);
    const next = cell == Cell.tanh ? tanh4(sum) : f32x4.max(sum, f32x4.splat(0));
    store(h, next, left);
    store(out, next, left);
    x += 16; u += 16; bias += 16; h += 16; out += 16;
  }
}

/** dx = dh * slope. The slope comes from `h`, the state after the step. */
export function plainBackward(cell: Cell, units: i32, dh: usize, h: usize, dx: usize): void {
  const one = f32x4.splat(1);
  for (let left = units; left > 0; left -= 4) {
    const y = load(h, left);
    const slope = cell == Cell.tanh
      ? f32x4.sub(one, f32x4.mul(y, y))
      : v128.and(one, f32x4.gt(y, f32x4.splat(0)));
    store(dx, f32x4.mul(load(dh, left), slope), left);
    dh += 16; h += 16; dx += 16;
  }
}

/**
 * r, z = sigmoid(x + u + b); n = tanh(x + r (u + b)); h' = n + z (h - n).
 *
 * @param gates where r, z, n and u + b go, or 0
 */
export function gruForward(
  units: i32, x: usize, u: usize, bias: usize, h: usize, out: usize, gates: usize,
): void {
  const row = <usize>units << 2, row2 = row + row, row3 = row2 + row;
  for (let left = units; left > 0; left -= 4) {
    const r = sigmoid4(f32x4.add(load(x, left), f32x4.add(load(u, left), load(bias, left))));
    const z = sigmoid4(
      f32x4.add(load(x + row, left), f32x4.add(load(u + row, left), load(bias + row, left))),
    );
    const un = f32x4.add(load(u + row2, left), load(bias + row2, left));
    const n = tanh4(f32x4.add(load(x + row2, left), f32x4.mul(r, un)));
    const next = f32x4.add(n, f32x4.mul(z, f32x4.sub(load(h, left), n)));
    store(h, next, left);
    store(out, next, left);
    if (gates != 0) {
      store(gates, r, left);
      store(gates + row, z, left);
      store(gates + row2, n, left);
      store(gates + row3, un, left);
      gates += 16;
    }
    x += 16; u += 16; bias += 16; h += 16; out += 16;
  }
}

/**
 * From dh: dx (of r, z and n), and du (the same, but r * dn for n). dh becomes the part that goes past the
 * recurrent product.
 */
export function gruBackward(units: i32, dh: usize, h: usize, gates: usize, dx: usize, du: usize): void {
  const row = <usize>units << 2, row2 = row + row, row3 = row2 + row;
  const one = f32x4.splat(1);
  for (let left = units; left > 0; left -= 4) {
    const r = load(gates, left), z = load(gates + row, left), n = load(gates + row2, left);
    const un = load(gates + row3, left), d = load(dh, left);
    const dn = f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
    const dz = f32x4.mul(f32x4.mul(d, f32x4.sub(load(h, left), n)), f32x4.mul(z, f32x4.sub(one, z)));
    const dr = f32x4.mul(f32x4.mul(dn, un), f32x4.mul(r, f32x4.sub(one, r)));
    store(dx, dr, left);
    store(dx + row, dz, left);
    store(dx + row2, dn, left);
    store(du, dr, left);
    store(du + row, dz, left);
    store(du + row2, f32x4.mul(dn, r), left);
    store(dh, f32x4.mul(d, z), left);
    dh += 16; h += 16; gates += 16; dx += 16; du += 16;
  }
}

/**
 * i, f, o = sigmoid(x + u + b); g = tanh(x + u + b); c' = f c + i g; h' = o tanh(c').
 *
 * @param gates where i, f, g and o go, or 0
 */
export function lstmForward(
  units: i32, x: usize, u: usize, bias: usize, h: usize, c: usize, out: usize, gates: usize,
): void {
  const row = <usize>units << 2, row2 = row + row, row3 = row2 + row;
  for (let left = units; left > 0; left -= 4) {
    const i = sigmoid4(gateSum(x, u, bias, left));
    const f = sigmoid4(gateSum(x + row, u + row, bias + row, left));
    const g = tanh4(gateSum(x + row2, u + row2, bias + row2, left));
    const o = sigmoid4(gateSum(x + row3, u + row3, bias + row3, left));
    const cell = f32x4.add(f32x4.mul(f, load(c, left)), f32x4.mul(i, g));
    const next = f32x4.mul(o, tanh4(cell));
    store(c, cell, left);
    store(h, next, left);
    store(out, next, left);
    if (gates != 0) {
      store(gates, i, left);
      store(gates + row, f, left);
      store(gates + row2, g, left);
      store(gates + row3, o, left);
      gates += 16;
    }
    x += 16; u += 16; bias += 16; h += 16; c += 16; out += 16;
  }
}

/** x + u + b. */
@inline
function gateSum(x: usize, u: usize, bias: usize, left: i32): v128 {
  return f32x4.add(f32x4.add(load(x, left), load(u, left)), load(bias, left));
}

/** From dh and dc: dx (of i, f, g and o). `before` is c, `after` is c'. dc becomes the gradient of c. */
export function lstmBackward(
  units: i32, dh: usize, dc: usize, before: usize, after: usize, gates: usize, dx: usize,
): void {
  const row = <usize>units << 2, row2 = row + row, row3 = row2 + row;
  const one = f32x4.splat(1);
  for (let left = units; left > 0; left -= 4) {
    const i = load(gates, left), f = load(gates + row, left);
    const g = load(gates + row2, left), o = load(gates + row3, left);
    const t = tanh4(load(after, left)), d = load(dh, left);
    const cell = f32x4.add(load(dc, left), f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t))));
    store(dx, f32x4.mul(f32x4.mul(cell, g), f32x4.mul(i, f32x4.sub(one, i))), left);
    store(dx + row, f32x4.mul(f32x4.mul(cell, load(before, left)), f32x4.mul(f, f32x4.sub(one, f))), left);
    store(dx + row2, f32x4.mul(f32x4.mul(cell, i), f32x4.sub(one, f32x4.mul(g, g))), left);
    store(dx + row3, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(one, o))), left);
    store(dc, f32x4.mul(cell, f), left);
    dh += 16; dc += 16; before += 16; after += 16; gates += 16; dx += 16;
  }
}
