import { expect, test } from 'vitest';
import { createPause } from '../../src/core/pause.js';

/** Counts the turns of a timer while `work` runs. */
async function timersDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await work().finally(() => clearInterval(timer));
  return turns;
}

function keepTheThread(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('timers get their turn between steps that last, and the work goes on', async () => {
  const pause = createPause();
  const turns = await timersDuring(async () => {
    for (let step = 0; step < 3; step++) {
      keepTheThread(41);
      await pause();
    }
  });
  expect(turns).toBeGreaterThanOrEqual(2);
});

test('quick steps do not wait', async () => {
  const pause = createPause();
  const turns = await timersDuring(async () => {
    await pause();
    await pause();
  });
  expect(turns).toBe(0);
});
