import { load, store } from './lanes';
import { addScaled } from './narrow';

/** out[ids[i]] += x[i] over rows of `size` floats. Ids outside [0, segments) are skipped. */
export function segmentSum(x: usize, ids: usize, count: i32, size: i32, segments: i32, out: usize): void {
  const bytes = <usize>size << 2;
  memory.fill(out, 0, <usize>segments * bytes);
  for (let i = 0; i < count; i++) {
    const id = i32.load(ids + (<usize>i << 2));
    if (<u32>id < <u32>segments) addScaled(1, x + <usize>i * bytes, out + <usize>id * bytes, size);
  }
}

/**
 * out = the sum over the middle axis of x `[outer, rows, columns]`. Four rows are summed up first, then
 * added.
 */
export function sumRows(x: usize, out: usize, outer: i32, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let i = 0; i < outer; i++) {
    memory.fill(out, 0, stride);
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let at = x, to = out;
      for (let left = columns; left > 0; left -= 4) {
        const a = f32x4.add(load(at, left), load(at + stride, left));
        const b = f32x4.add(load(at + 2 * stride, left), load(at + 3 * stride, left));
        store(to, f32x4.add(load(to, left), f32x4.add(a, b)), left);
        at += 16; to += 16;
      }
      x += 4 * stride;
    }
    for (; row < rows; row++) {
      let at = x, to = out;
      for (let left = columns; left > 0; left -= 4) {
        store(to, f32x4.add(load(to, left), load(at, left)), left);
        at += 16; to += 16;
      }
      x += stride;
    }
    out += stride;
  }
}

/** Copies `count` runs of `bytes` one behind the other. In `from` they stand `stride` bytes apart. */
export function copyRuns(from: usize, to: usize, count: i32, bytes: usize, stride: usize): void {
  for (let i = 0; i < count; i++) {
    memory.copy(to, from, bytes);
    from += stride;
    to += bytes;
  }
}

/** The position of the first of `count` int32 numbers that is outside [0, size), or -1. */
export function findOutside(ids: usize, count: i32, size: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (<u32>i32.load(ids + (<usize>i << 2)) >= <u32>size) return i;
  }
  return -1;
}

/**
 * Picks rows of `bytes` by their numbers: from x `[batch, outer, size]` and ids `[batch, count]` to out
 * `[batch, outer, count]`.
 */
export function gatherRows(
  x: usize, ids: usize, out: usize, batch: i32, outer: i32, size: i32, count: i32, bytes: usize,
): void {
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < count; i++) {
        const from = x + <usize>i32.load(ids + (<usize>i << 2)) * bytes;
        if (bytes == 4) i32.store(out, i32.load(from));
        else memory.copy(out, from, bytes);
        out += bytes;
      }
      x += <usize>size * bytes;
    }
    ids += <usize>count << 2;
  }
}
