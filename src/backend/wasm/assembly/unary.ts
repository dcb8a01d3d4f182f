import { load, store } from './lanes';
import { sigmoid4, tanh4 } from './math';

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

/** out = max(x, 0); NaN stays NaN; `out` may be `x`. */
export function relu(x: usize, out: usize, count: i32): void {
  for (let left = count; left > 0; left -= 4) {
    store(out, f32x4.max(load(x, left), f32x4.splat(0)), left);
    x += 16;
    out += 16;
  }
}
