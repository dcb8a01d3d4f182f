/** Up to four floats at `at`: a whole vector, or the last few floats of a row and then zeros. */
@inline
export function load(at: usize, count: i32): v128 {
  return count >= 4 ? v128.load(at) : loadFew(at, count);
}

/** Stores the first `count` lanes, or all four. */
@inline
export function store(at: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(at, value);
  else storeFew(at, value, count);
}

function loadFew(at: usize, count: i32): v128 {
  let value = v128.load32_zero(at);
  if (count > 1) value = f32x4.replace_lane(value, 1, f32.load(at, 4));
  if (count > 2) value = f32x4.replace_lane(value, 2, f32.load(at, 8));
  return value;
}

function storeFew(at: usize, value: v128, count: i32): void {
  f32.store(at, f32x4.extract_lane(value, 0));
  if (count > 1) f32.store(at, f32x4.extract_lane(value, 1), 4);
  if (count > 2) f32.store(at, f32x4.extract_lane(value, 2), 8);
}

/** The sum of the four lanes. */
@inline
export function sumOf(value: v128): f32 {
  return f32x4.extract_lane(value, 0) + f32x4.extract_lane(value, 1) +
    (f32x4.extract_lane(value, 2) + f32x4.extract_lane(value, 3));
}
