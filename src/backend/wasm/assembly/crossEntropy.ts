import { load, store, sumOf } from './lanes';
import { exp4 } from './math';
import { addScaled } from './narrow';
import { product } from './product';

@external("env", "log")
declare function log(x: f64): f64;

/**
 * The softmax cross-entropy of features Wᵀ + bias, `chunk` rows at a time. One pass makes all gradients too.
 *
 * @param classWeights 0 for none
 * @param dFeatures 0 where no gradient is wanted; `dWeight` and `dBias` are not touched then
 * @param logits room for `chunk` x `classes` floats
 * @returns the sum over rows of scale * loss
 */
export function projectedCrossEntropy(
  features: usize, weight: usize, bias: usize, targets: usize, scales: usize, classWeights: usize,
  rows: i32, size: i32, classes: i32, smoothing: f32, chunk: i32,
  dFeatures: usize, dWeight: usize, dBias: usize, logits: usize, scratch: usize,
): f64 {
  const featureRow = <usize>size << 2, logitRow = <usize>classes << 2;
  const training = dFeatures != 0;
  if (training) {
    memory.fill(dBias, 0, logitRow);
    if (rows == 0) memory.fill(dWeight, 0, <usize>classes * featureRow);
  }
  const weightSum = classWeights == 0 ? <f32>classes : sum(classWeights, classes);
  let total: f64 = 0;
  for (let start = 0; start < rows; start += chunk) {
    const count = min(chunk, rows - start), x = features + <usize>start * featureRow;
    product(x, featureRow, 4, weight, 4, featureRow, logits, logitRow, count, classes, size, 0, scratch);
    for (let i = 0; i < count; i++) {
      const row = logits + <usize>i * logitRow, at = <usize>(start + i) << 2;
      const scale = f32.load(scales + at);
      if (scale == 0) {
        if (training) memory.fill(row, 0, logitRow);
        continue;
      }
      const target = i32.load(targets + at);
      if (<u32>target >= <u32>classes) {
        // There is no such class. The loss is NaN, and nothing outside the row is read.
        total = NaN;
        if (training) memory.fill(row, 0, logitRow);
        continue;
      }
      total += crossEntropyRow(
        row, bias, target, scale, classWeights, weightSum, classes, smoothing, training,
      );
      if (training) addScaled(1, row, dBias, classes);
    }
    if (!training) continue;
    const dx = dFeatures + <usize>start * featureRow;
    product(logits, logitRow, 4, weight, featureRow, 4, dx, featureRow, count, size, classes, 0, scratch);
    const before: usize = start > 0 ? dWeight : 0;
    product(
      logits, 4, logitRow, x, featureRow, 4, dWeight, featureRow, classes, size, count, before, scratch,
    );
  }
  return total;
}

/** The scaled loss of one row of logits without bias. When `training`, the gradient replaces the row. */
function crossEntropyRow(
  row: usize, bias: usize, target: i32, scale: f32, classWeights: usize, weightSum: f32,
  classes: i32, smoothing: f32, training: bool,
): f64 {
  const low = f32x4.splat(-Infinity);
  let top = low, weighted = f32x4.splat(0);
  for (let at: usize = 0, left = classes; left > 0; left -= 4, at += 16) {
    const z = f32x4.add(load(row + at, left), load(bias + at, left));
    store(row + at, z, left);
    // pmax is one instruction, where max is seven. It passes over NaN, which the sum of exponentials keeps.
    top = f32x4.pmax(top, left >= 4 ? z : v128.bitselect(z, low, firstLanes(left)));
    if (smoothing > 0) {
      weighted = f32x4.add(weighted, classWeights == 0 ? z : f32x4.mul(z, load(classWeights + at, left)));
    }
  }
  const most = largest(top);
  const logit = f32.load(row + (<usize>target << 2));
  const shift = f32x4.splat(most);
  let sums = f32x4.splat(0);
  for (let at: usize = 0, left = classes; left > 0; left -= 4, at += 16) {
    let e = exp4(f32x4.sub(load(row + at, left), shift));
    if (left < 4) e = v128.and(e, firstLanes(left));
    if (training) store(row + at, e, left);
    sums = f32x4.add(sums, e);
  }
  const norm = sumOf(sums);
  const logNorm = log(<f64>norm) + most;
  const classWeight: f32 = classWeights == 0 ? 1 : f32.load(classWeights + (<usize>target << 2));
  const own: f32 = (<f32>1 - smoothing) * classWeight;
  const share = smoothing / <f32>classes;
  let loss = <f64>own * (logNorm - logit);
  if (smoothing > 0) loss += <f64>share * (<f64>weightSum * logNorm - <f64>sumOf(weighted));
  if (training) {
    const factor = f32x4.splat((scale * (own + share * weightSum)) / norm);
    const spread = f32x4.splat(scale * share);
    for (let at: usize = 0, left = classes; left > 0; left -= 4, at += 16) {
      let d = f32x4.mul(load(row + at, left), factor);
      if (smoothing > 0) {
        d = f32x4.sub(d, classWeights == 0 ? spread : f32x4.mul(spread, load(classWeights + at, left)));
      }
      store(row + at, d, left);
    }
    const hit = row + (<usize>target << 2);
    f32.store(hit, f32.load(hit) - scale * own);
  }
  return scale * loss;
}

/** out = max + log Σ exp(x - max), of each row. */
export function logSumExp(x: usize, rows: i32, size: i32, out: usize): void {
  const low = f32x4.splat(-Infinity);
  for (let row = 0; row < rows; row++) {
    let top = low, sums = f32x4.splat(0);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      const z = load(x + at, left);
      top = f32x4.pmax(top, left >= 4 ? z : v128.bitselect(z, low, firstLanes(left)));
    }
    const most = largest(top), shift = f32x4.splat(most);
    for (let at: usize = 0, left = size; left > 0; left -= 4, at += 16) {
      const e = exp4(f32x4.sub(load(x + at, left), shift));
      sums = f32x4.add(sums, left >= 4 ? e : v128.and(e, firstLanes(left)));
    }
    f32.store(out, <f32>(log(<f64>sumOf(sums)) + most));
    x += <usize>size << 2;
    out += 4;
  }
}

/** The largest lane. */
@inline
function largest(value: v128): f32 {
  return max(
    max(f32x4.extract_lane(value, 0), f32x4.extract_lane(value, 1)),
    max(f32x4.extract_lane(value, 2), f32x4.extract_lane(value, 3)),
  );
}

/** A mask of the first one to three lanes. */
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

function sum(at: usize, count: i32): f32 {
  let total = f32x4.splat(0);
  for (let left = count; left > 0; left -= 4, at += 16) total = f32x4.add(total, load(at, left));
  return sumOf(total);
}
