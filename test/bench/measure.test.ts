import { describe, expect, test } from 'vitest';
import { measure, median } from '../../bench/measure.js';

describe('measure', () => {
  test('takes tasks in turn, prepares each once a sample, and waits for it', async () => {
    const calls: string[] = [];
    const plain = async (): Promise<void> => {
      await Promise.resolve();
      calls.push('plain');
    };
    const prepared = {
      before: () => calls.push('before'),
      run: () => calls.push('run'),
      after: () => calls.push('after'),
    };
    const times = await measure([plain, prepared], { samples: 2, sampleMs: 0, warmups: 1 });
    const round = ['plain', 'before', 'run', 'after'];
    expect(calls).toEqual([...round, ...round, ...round]);
    expect(times).toHaveLength(2);
  });

  test('what was prepared is taken back where a task fails', async () => {
    const calls: string[] = [];
    const task = {
      before: () => calls.push('before'),
      run: () => Promise.reject(new Error('broken')),
      after: () => calls.push('after'),
    };
    await expect(measure([task])).rejects.toThrow('broken');
    expect(calls).toEqual(['before', 'after']);
  });
});

test('median: the middle value, or the mean of the two middle ones', () => {
  expect([[3], [5, 1, 9], [4, 1, 3, 2]].map(median)).toEqual([3, 5, 2.5]);
});
