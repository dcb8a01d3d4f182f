// A recurrent layer over a whole sequence. All tensors are batch first. A row is `units` floats.

import {
  Cell, gruBackward, gruForward, lstmBackward, lstmForward, plainBackward, plainForward, savedGates,
} from './cells';
import { addScaled } from './narrow';
import { multiplyShared, packedBytes, packMatrix } from './packed';
import { isNarrow, product } from './product';

/**
 * Which row of x or dx belongs to a position of the mask. `places` is 0 where these have a row for every
 * position.
 */
@inline
function place(places: usize, position: usize): usize {
  return places == 0 ? position : <usize>i32.load(places + (position << 2));
}

/** Bytes of a list of rows, rounded up to whole cache lines, so that the floats behind it stay aligned. */
@inline
function listBytes(batch: i32): usize {
  return <usize>((batch + 15) & ~15) << 2;
}

/** Bytes of working memory of {@link recurrentForward}. */
export function recurrentForwardBytes(batch: i32, units: i32, width: i32): usize {
  const row = <usize>units << 2;
  const packed: usize = isNarrow(batch, 4) ? 0 : packedBytes(width, units);
  return listBytes(batch) + <usize>batch * (row + (<usize>width << 2)) + packed;
}

/**
 * A recurrent layer over a whole sequence. It can save what {@link recurrentBackward} reads.
 *
 * @param width rows of the weights: those of all gates
 * @param places where the input of each position of the mask stands in x, or 0 where x has one for each
 * @param outputs `time` outputs of each item of the batch; the items are `outputBytes` apart
 * @param h, c the final states of each item, `stateBytes` apart
 * @param states, gates 0 where no gradient will be asked for
 * @param work {@link recurrentForwardBytes} bytes
 */
export function recurrentForward(
  cell: Cell, reverse: bool, batch: i32, time: i32, units: i32, width: i32,
  x: usize, places: usize, mask: usize, h0: usize, c0: usize, weight: usize, bias: usize,
  outputs: usize, outputBytes: usize, h: usize, c: usize, stateBytes: usize,
  states: usize, gates: usize, work: usize, scratch: usize,
): void {
  const row = <usize>units << 2, wide = <usize>width << 2;
  const lstm = cell == Cell.lstm, saved = <usize>savedGates(cell) * row;
  const stateRow: usize = lstm ? 2 * row : row;
  const list = work, hidden = list + listBytes(batch);
  const products = hidden + <usize>batch * row, weights = products + <usize>batch * wide;
  if (!isNarrow(batch, 4)) packMatrix(weight, 4, row, width, units, weights);

  // States are worked on in the place where the final ones stand.
  for (let b = 0; b < batch; b++) {
    memory.copy(h + <usize>b * stateBytes, h0 + <usize>b * row, row);
    if (lstm) memory.copy(c + <usize>b * stateBytes, c0 + <usize>b * row, row);
  }
  for (let step = 0; step < time; step++) {
    const t = reverse ? time - 1 - step : step;
    let count = 0;
    for (let b = 0; b < batch; b++) {
      const own = <usize>b * stateBytes, position = <usize>(b * time + t);
      if (f32.load(mask + (position << 2)) != 0) {
        memory.copy(hidden + <usize>count * row, h + own, row);
        i32.store(list + (<usize>count << 2), b);
        count++;
      } else {
        memory.fill(outputs + <usize>b * outputBytes + <usize>t * row, 0, row);
        if (states != 0) keepState(states + position * stateRow, h + own, lstm ? c + own : 0, row);
        if (saved != 0 && gates != 0) memory.fill(gates + position * saved, 0, saved);
      }
    }
    if (count == 0) continue;
    multiplyShared(hidden, weight, 4, row, weights, products, count, width, units, scratch);
    for (let i = 0; i < count; i++) {
      const b = i32.load(list + (<usize>i << 2));
      const position = <usize>(b * time + t), own = <usize>b * stateBytes;
      const to = outputs + <usize>b * outputBytes + <usize>t * row;
      const u = products + <usize>i * wide, input = x + place(places, position) * wide;
      const kept: usize = gates == 0 ? 0 : gates + position * saved;
      if (cell == Cell.gru) gruForward(units, input, u, bias, h + own, to, kept);
      else if (lstm) lstmForward(units, input, u, bias, h + own, c + own, to, kept);
      else plainForward(cell, units, input, u, bias, h + own, to);
      if (states != 0) keepState(states + position * stateRow, h + own, lstm ? c + own : 0, row);
    }
  }
}

@inline
function keepState(to: usize, h: usize, c: usize, row: usize): void {
  memory.copy(to, h, row);
  if (c != 0) memory.copy(to + row, c, row);
}

/** Bytes of working memory of {@link recurrentBackward}. */
export function recurrentBackwardBytes(batch: i32, time: i32, units: i32, width: i32): usize {
  const row = <usize>units << 2;
  const packed: usize = isNarrow(batch, row) ? 0 : packedBytes(units, width);
  return listBytes(batch) + <usize>batch * row + <usize>(batch * time) * (row + (<usize>width << 2)) + packed;
}

/**
 * The gradients of {@link recurrentForward}, from what it saved.
 *
 * @param width as of {@link recurrentForward}
 * @param places as of {@link recurrentForward}, for dx
 * @param dh, dc the gradients of the initial state; until then those of the state on the way
 * @param work {@link recurrentBackwardBytes} bytes
 */
export function recurrentBackward(
  cell: Cell, reverse: bool, batch: i32, time: i32, units: i32, width: i32,
  dy: usize, places: usize, mask: usize, h0: usize, c0: usize, weight: usize, states: usize, gates: usize,
  dx: usize, dh: usize, dc: usize, dWeight: usize, dBias: usize, work: usize, scratch: usize,
): void {
  const row = <usize>units << 2, wide = <usize>width << 2;
  const lstm = cell == Cell.lstm, saved = <usize>savedGates(cell) * row;
  const item = <usize>(time + (lstm ? 2 : 1)) * row;
  const stateRow: usize = lstm ? 2 * row : row;
  const list = work, products = list + listBytes(batch);
  // du and the state before, of every real step, stand one after the other. So dWeight is one product over
  // all.
  const all = <usize>(batch * time);
  const dus = products + <usize>batch * row, before = dus + all * wide, weights = before + all * row;
  if (!isNarrow(batch, row)) packMatrix(weight, row, 4, units, width, weights);

  for (let b = 0; b < batch; b++) {
    const last = dy + <usize>b * item + <usize>time * row;
    memory.copy(dh + <usize>b * row, last, row);
    if (lstm) memory.copy(dc + <usize>b * row, last + row, row);
  }
  let done = 0;
  for (let step = 0; step < time; step++) {
    const t = reverse ? step : time - 1 - step, previous = reverse ? t + 1 : t - 1;
    let count = 0;
    for (let b = 0; b < batch; b++) {
      const position = <usize>(b * time + t);
      const gradient = dx + place(places, position) * wide;
      if (f32.load(mask + (position << 2)) == 0) {
        if (places == 0) memory.fill(gradient, 0, wide);
        continue;
      }
      const start = previous < 0 || previous >= time;
      const earlier = states + <usize>(b * time + previous) * stateRow;
      const h = start ? h0 + <usize>b * row : earlier, c = start ? c0 + <usize>b * row : earlier + row;
      const d = dh + <usize>b * row, du = dus + <usize>(done + count) * wide;
      addScaled(1, dy + <usize>b * item + <usize>t * row, d, units);
      memory.copy(before + <usize>(done + count) * row, h, row);
      if (cell == Cell.gru) {
        gruBackward(units, d, h, gates + position * saved, gradient, du);
      } else {
        const after = states + position * stateRow;
        const own = gates + position * saved;
        if (lstm) lstmBackward(units, d, dc + <usize>b * row, c, after + row, own, gradient);
        else plainBackward(cell, units, d, after, gradient);
        memory.copy(du, gradient, wide);
        memory.fill(d, 0, row);
      }
      i32.store(list + (<usize>count << 2), b);
      count++;
    }
    if (count == 0) continue;
    multiplyShared(dus + <usize>done * wide, weight, row, 4, weights, products, count, units, width, scratch);
    for (let i = 0; i < count; i++) {
      const b = i32.load(list + (<usize>i << 2));
      addScaled(1, products + <usize>i * row, dh + <usize>b * row, units);
    }
    done += count;
  }
  product(dus, 4, wide, before, row, 4, dWeight, row, width, units, done, 0, scratch);
  memory.fill(dBias, 0, wide);
  for (let i = 0; i < done; i++) addScaled(1, dus + <usize>i * wide, dBias, width);
}
