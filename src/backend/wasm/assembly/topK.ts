/**
 * The `k` largest of each row of `size` floats, the largest first. Of equals the earlier comes first; NaN
 * comes last. A row is read once, four floats at a time, because most are below the least of the best so far.
 */
export function topK(x: usize, rows: i32, size: i32, k: i32, values: usize, indices: usize): void {
  const bytes = <usize>k << 2;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) insert(f32.load(x + (<usize>i << 2)), i, i, values, indices);
    let i = k;
    let least = f32x4.splat(f32.load(values + bytes - 4));
    for (; i + 4 <= size; i += 4) {
      // Whatever is not below or equal. That is all where the least is NaN.
      if (v128.any_true(v128.not(f32x4.le(v128.load(x + (<usize>i << 2)), least)))) {
        for (let j = i; j < i + 4; j++) insertIfLarger(f32.load(x + (<usize>j << 2)), j, k, values, indices);
        least = f32x4.splat(f32.load(values + bytes - 4));
      }
    }
    for (; i < size; i++) insertIfLarger(f32.load(x + (<usize>i << 2)), i, k, values, indices);
    x += <usize>size << 2;
    values += bytes;
    indices += bytes;
  }
}

/** Whether a comes before b. */
@inline
function larger(a: f32, b: f32): bool {
  return a > b || (a == a && b != b);
}

function insertIfLarger(value: f32, index: i32, k: i32, values: usize, indices: usize): void {
  if (larger(value, f32.load(values + (<usize>(k - 1) << 2)))) insert(value, index, k - 1, values, indices);
}

/** Puts a value where it belongs among the first `at` ones. What stood at `at` is lost. */
function insert(value: f32, index: i32, at: i32, values: usize, indices: usize): void {
  let to = <usize>at << 2;
  for (; to > 0 && larger(value, f32.load(values + to - 4)); to -= 4) {
    f32.store(values + to, f32.load(values + to - 4));
    i32.store(indices + to, i32.load(indices + to - 4));
  }
  f32.store(values + to, value);
  i32.store(indices + to, index);
}
