import { loadFew, sigmoid4, storeFew, tanh4 } from './math';

/** out = tanh(x); `out` may be `x`. */
export function tanh(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>(count & ~3) << 2);
  while (x < end) {
    v128.store(out, tanh4(v128.load(x)));
    x += 16;
    out += 16;
  }
  const rest = count & 3;
  if (rest > 0) storeFew(out, tanh4(loadFew(x, rest)), rest);
}

/** out = 1 / (1 + e^-x); `out` may be `x`. */
export function sigmoid(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>(count & ~3) << 2);
  while (x < end) {
    v128.store(out, sigmoid4(v128.load(x)));
    x += 16;
    out += 16;
  }
  const rest = count & 3;
  if (rest > 0) storeFew(out, sigmoid4(loadFew(x, rest)), rest);
}

/** out = max(x, 0); NaN stays NaN; `out` may be `x`. */
export function relu(x: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end = x + (<usize>(count & ~3) << 2);
  while (x < end) {
    v128.store(out, f32x4.max(v128.load(x), zero));
    x += 16;
    out += 16;
  }
  const rest = count & 3;
  if (rest > 0) storeFew(out, f32x4.max(loadFew(x, rest), zero), rest);
}
