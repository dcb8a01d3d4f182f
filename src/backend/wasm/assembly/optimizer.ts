import { load, store, sumOf } from './lanes';

/**
 * One Adam step (Kingma & Ba 2015, algorithm 1), with the corrections outside of the moments. Outputs may be
 * the inputs.
 */
export function adam(
  parameter: usize, gradient: usize, m: usize, v: usize, scale: usize,
  parameterOut: usize, mOut: usize, vOut: usize, count: i32,
  learningRate: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64,
): void {
  const factor = v128.load32_splat(scale);
  const keep1 = f32x4.splat(<f32>beta1), add1 = f32x4.splat(<f32>(1 - beta1));
  const keep2 = f32x4.splat(<f32>beta2), add2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>(learningRate / correction1));
  const root = f32x4.splat(<f32>(1 / Math.sqrt(correction2))), least = f32x4.splat(<f32>epsilon);
  for (let left = count; left > 0; left -= 4) {
    const g = f32x4.mul(load(gradient, left), factor);
    const first = f32x4.add(f32x4.mul(load(m, left), keep1), f32x4.mul(g, add1));
    const second = f32x4.add(f32x4.mul(load(v, left), keep2), f32x4.mul(f32x4.mul(g, g), add2));
    const deviation = f32x4.add(f32x4.mul(f32x4.sqrt(second), root), least);
    store(parameterOut, f32x4.sub(load(parameter, left), f32x4.div(f32x4.mul(first, rate), deviation)), left);
    store(mOut, first, left);
    store(vOut, second, left);
    parameter += 16; gradient += 16; m += 16; v += 16;
    parameterOut += 16; mOut += 16; vOut += 16;
  }
}

/** So many elements are summed in float32, before their sum goes to float64. */
const BLOCK: i32 = 1024;

/** The sum of the squares: short sums in float32, and their sum in float64. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < count; start += BLOCK) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let left = min(BLOCK, count - start);
    for (; left >= 16; left -= 16) {
      const p = v128.load(x), q = v128.load(x, 16), r = v128.load(x, 32), s = v128.load(x, 48);
      a = f32x4.add(a, f32x4.mul(p, p));
      b = f32x4.add(b, f32x4.mul(q, q));
      c = f32x4.add(c, f32x4.mul(r, r));
      d = f32x4.add(d, f32x4.mul(s, s));
      x += 64;
    }
    for (; left > 0; left -= 4) {
      const p = load(x, left);
      a = f32x4.add(a, f32x4.mul(p, p));
      x += 16;
    }
    total += <f64>sumOf(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  return total;
}
