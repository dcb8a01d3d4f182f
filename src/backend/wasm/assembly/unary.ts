import { load, store } from './lanes';
import { exp4, sigmoid4, tanh4 } from './math';

/** out = tanh(x); `out` may be `x`. */
export function tanh(x: usize, out: usize, count: i32): void {
  for (let left = count; left > 0; left -= 4) {
    store(out, tanh4(load(x, left)), left);
    x += 16;
    out += 16;
  }
}

/** out = 1 / (1 + e^-x); `out` may be `x`. */
export function sigmoid(x: usize, out: usize, count: i32): void {
  for (let left = count; left > 0; left -= 4) {
    store(out, sigmoid4(load(x, left)), left);
    x += 16;
    out += 16;
  }
}

/** The activations of a fused product that {@link activate} knows, by the names that tfjs gives them. */
export enum Activation { relu, relu6, leakyrelu, elu }

/** x = activation(x). NaN stays NaN. `slope` is that of the leaky ReLU below 0. */
export function activate(activation: Activation, x: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  for (let left = count; left > 0; left -= 4) {
    const value = load(x, left);
    let y = f32x4.max(value, zero);
    if (activation == Activation.relu6) {
      y = f32x4.min(y, f32x4.splat(6));
    } else if (activation == Activation.leakyrelu) {
      y = v128.bitselect(f32x4.mul(value, f32x4.splat(slope)), value, f32x4.lt(value, zero));
    } else if (activation == Activation.elu) {
      y = v128.bitselect(f32x4.sub(exp4(value), f32x4.splat(1)), value, f32x4.lt(value, zero));
    }
    store(x, y, left);
    x += 16;
  }
}

/** out = x * factor. */
export function scale(x: usize, factor: f32, out: usize, count: i32): void {
  const f = f32x4.splat(factor);
  for (let left = count; left > 0; left -= 4) {
    store(out, f32x4.mul(load(x, left), f), left);
    x += 16;
    out += 16;
  }
}
