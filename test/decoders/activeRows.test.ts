import { describe, expect, test } from 'vitest';
import { stepRows } from '../../src/decoders/activeRows.js';

describe('stepRows', () => {
  test('rows that stand last leave when they end, where enough of them do', () => {
    const { counts, order, tokens } = stepRows(Int32Array.of(4, 2, 1), 4);
    expect(counts).toEqual([3, 2, 1, 1]);
    expect([...order.positions]).toEqual([0, 4, 8, 1, 5, 2, 3]); // row * 4 + t
    expect([...order.rows]).toEqual([0, 1, 2, 0, 1, 0, 0]);
    expect(order.count).toBe(7);
    expect([...tokens]).toEqual([0, 3, 5, 6, 1, 4, 2]);
  });

  test('one row of many stays until others end too', () => {
    const { counts, order } = stepRows(Int32Array.of(3, 3, 3, 3, 3, 2), 3);
    expect(counts).toEqual([6, 6, 6]);
    expect(order.count).toBe(18);
  });

  test('a long row that stands last keeps all the others', () => {
    const { counts, tokens } = stepRows(Int32Array.of(1, 1, 3), 3);
    expect(counts).toEqual([3, 3, 3]);
    expect([...tokens]).toEqual([0, 1, 2, 5, 8]);
  });

  test('the last row that lives stays, whatever the time', () => {
    expect(stepRows(Int32Array.of(2, 1), 3).counts).toEqual([2, 1, 1]);
  });
});
