import { load, store, sumOf } from './lanes';

/** y = (x - mean) * rstd * scale + shift of each row (Ba et al. 2016, eq. 4), with the biased variance. */
export function layerNorm(
  x: usize, scale: usize, shift: usize, rows: i32, size: i32, epsilon: f32,
  y: usize, mean: usize, rstd: usize,
): void {
  for (let i = 0; i < rows; i++) {
    let total = f32x4.splat(0);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      total = f32x4.add(total, load(x + at, left));
    }
    const middle = sumOf(total) / <f32>size, centre = f32x4.splat(middle);
    let squares = f32x4.splat(0);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      let d = f32x4.sub(load(x + at, left), centre);
      if (left < 4) d = v128.and(d, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
      squares = f32x4.add(squares, f32x4.mul(d, d));
    }
    const inverse: f32 = 1 / sqrt<f32>(sumOf(squares) / <f32>size + epsilon), factor = f32x4.splat(inverse);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      const normal = f32x4.mul(f32x4.sub(load(x + at, left), centre), factor);
      store(y + at, f32x4.add(f32x4.mul(normal, load(scale + at, left)), load(shift + at, left)), left);
    }
    f32.store(mean, middle);
    f32.store(rstd, inverse);
    x += <usize>size << 2;
    y += <usize>size << 2;
    mean += 4;
    rstd += 4;
  }
}

/** dx = rstd (g - mean(g) - n mean(g n)), where g = dy scale and n is the normalised x. */
export function layerNormGrad(
  dy: usize, x: usize, scale: usize, mean: usize, rstd: usize, rows: i32, size: i32,
  dx: usize, dScale: usize, dShift: usize,
): void {
  memory.fill(dScale, 0, <usize>size << 2);
  memory.fill(dShift, 0, <usize>size << 2);
  for (let i = 0; i < rows; i++) {
    const centre = v128.load32_splat(mean), factor = v128.load32_splat(rstd);
    let sums = f32x4.splat(0), products = f32x4.splat(0);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      const d = load(dy + at, left), n = f32x4.mul(f32x4.sub(load(x + at, left), centre), factor);
      const g = f32x4.mul(d, load(scale + at, left));
      sums = f32x4.add(sums, g);
      products = f32x4.add(products, f32x4.mul(g, n));
      store(dScale + at, f32x4.add(load(dScale + at, left), f32x4.mul(d, n)), left);
      store(dShift + at, f32x4.add(load(dShift + at, left), d), left);
    }
    const a = f32x4.splat(sumOf(sums) / <f32>size), b = f32x4.splat(sumOf(products) / <f32>size);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      const n = f32x4.mul(f32x4.sub(load(x + at, left), centre), factor);
      const g = f32x4.mul(load(dy + at, left), load(scale + at, left));
      store(dx + at, f32x4.mul(factor, f32x4.sub(f32x4.sub(g, a), f32x4.mul(n, b))), left);
    }
    dy += <usize>size << 2;
    x += <usize>size << 2;
    dx += <usize>size << 2;
    mean += 4;
    rstd += 4;
  }
}
