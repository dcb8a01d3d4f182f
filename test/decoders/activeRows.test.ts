import { describe, expect, test } from 'vitest';
import { activeRows } from '../../src/decoders/activeRows.js';

describe('activeRows', () => {
  test('rows that stand last leave when they end, where enough of them do', () => {
    const { batchSizes, packed, tokensInPacked } = activeRows(Int32Array.of(4, 2, 1), 4);
    expect(batchSizes).toEqual([3, 2, 1, 1]);
    expect([...packed.positions]).toEqual([0, 4, 8, 1, 5, 2, 3]); // row * 4 + t
    expect([...packed.rows]).toEqual([0, 1, 2, 0, 1, 0, 0]);
    expect(packed.count).toBe(7);
    expect([...tokensInPacked]).toEqual([0, 3, 5, 6, 1, 4, 2]);
  });

  test('one row of many stays until others end too', () => {
    const { batchSizes, packed } = activeRows(Int32Array.of(3, 3, 3, 3, 3, 2), 3);
    expect(batchSizes).toEqual([6, 6, 6]);
    expect(packed.count).toBe(18);
  });

  test('a long row that stands last keeps all the others', () => {
    const { batchSizes, tokensInPacked } = activeRows(Int32Array.of(1, 1, 3), 3);
    expect(batchSizes).toEqual([3, 3, 3]);
    expect([...tokensInPacked]).toEqual([0, 1, 2, 5, 8]);
  });

  test('the last row that lives stays, whatever the time', () => {
    expect(activeRows(Int32Array.of(2, 1), 3).batchSizes).toEqual([2, 1, 1]);
  });
});
