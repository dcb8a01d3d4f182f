import { addScaled } from './narrow';

/** out[ids[i]] += x[i] over rows of `size` floats; ids outside [0, segments) are skipped. */
export function segmentSum(x: usize, ids: usize, count: i32, size: i32, segments: i32, out: usize): void {
  const bytes = <usize>size << 2;
  memory.fill(out, 0, <usize>segments * bytes);
  for (let i = 0; i < count; i++) {
    const id = i32.load(ids + (<usize>i << 2));
    if (<u32>id < <u32>segments) addScaled(1, x + <usize>i * bytes, out + <usize>id * bytes, size);
  }
}

/** Adds one row to every row of a matrix. */
export function addBias(c: usize, bias: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    addScaled(1, bias, c, columns);
    c += <usize>columns << 2;
  }
}
