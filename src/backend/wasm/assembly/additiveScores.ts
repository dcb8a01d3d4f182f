import { load, store, sumOf } from './lanes';
import { tanh4 } from './math';

/**
 * The scores of additive attention (Bahdanau et al. 2015, A.1.2):
 * scores[b, q, k] = Σ energy tanh(queries[b, q] + keys[b, k]), summed over `units`.
 */
export function additiveScores(
  queries: usize, keys: usize, energy: usize,
  batch: i32, queryCount: i32, keyCount: i32, units: i32, scores: usize,
): void {
  const row = <usize>units << 2;
  for (let b = 0; b < batch; b++) {
    for (let q = 0; q < queryCount; q++) {
      for (let k = 0; k < keyCount; k++) {
        const key = keys + <usize>k * row;
        let sum = f32x4.splat(0);
        for (let at: usize = 0, left = units; left > 0; left -= 4, at += 16) {
          const t = tanh4(f32x4.add(load(queries + at, left), load(key + at, left)));
          sum = f32x4.add(sum, f32x4.mul(load(energy + at, left), t));
        }
        f32.store(scores, sumOf(sum));
        scores += 4;
      }
      queries += row;
    }
    keys += <usize>keyCount * row;
  }
}

/** The gradients of {@link additiveScores}. tanh is computed again, so that nothing large is kept. */
export function additiveScoresGrad(
  dy: usize, queries: usize, keys: usize, energy: usize,
  batch: i32, queryCount: i32, keyCount: i32, units: i32,
  dQueries: usize, dKeys: usize, dEnergy: usize,
): void {
  const row = <usize>units << 2, one = f32x4.splat(1);
  memory.fill(dQueries, 0, <usize>(batch * queryCount) * row);
  memory.fill(dKeys, 0, <usize>(batch * keyCount) * row);
  memory.fill(dEnergy, 0, row);
  for (let b = 0; b < batch; b++) {
    for (let q = 0; q < queryCount; q++) {
      for (let k = 0; k < keyCount; k++) {
        const d = f32.load(dy);
        dy += 4;
        // A masked key has a gradient of exactly 0.
        if (d == 0) continue;
        const key = keys + <usize>k * row, dKey = dKeys + <usize>k * row, factor = f32x4.splat(d);
        for (let at: usize = 0, left = units; left > 0; left -= 4, at += 16) {
          const t = tanh4(f32x4.add(load(queries + at, left), load(key + at, left)));
          const weight = f32x4.mul(factor, load(energy + at, left));
          const slope = f32x4.mul(weight, f32x4.sub(one, f32x4.mul(t, t)));
          store(dQueries + at, f32x4.add(load(dQueries + at, left), slope), left);
          store(dKey + at, f32x4.add(load(dKey + at, left), slope), left);
          store(dEnergy + at, f32x4.add(load(dEnergy + at, left), f32x4.mul(factor, t)), left);
        }
      }
      queries += row;
      dQueries += row;
    }
    keys += <usize>keyCount * row;
    dKeys += <usize>keyCount * row;
  }
}
