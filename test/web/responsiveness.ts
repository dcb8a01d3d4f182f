import type { Page } from 'playwright';

/** How a page's own thread fared for a while. */
export interface Responsiveness {
  /** The longest time in which it could not react, in milliseconds. */
  readonly longest: number;
  /** The share of time in which it was late by more than a person notices (50 ms), from 0 to 1. */
  readonly late: number;
}

/** Runs a timer in the page while `work` runs, and tells how late it came. */
export async function responsivenessDuring(page: Page, work: () => Promise<void>): Promise<Responsiveness> {
  const timer = await page.evaluateHandle(() => {
    const started = performance.now();
    let [last, longest, late] = [started, 0, 0];
    const id = setInterval(() => {
      const gap = performance.now() - last;
      last += gap;
      longest = Math.max(longest, gap);
      late += Math.max(0, gap - 50);
    }, 10);
    return {
      stop: () => {
        clearInterval(id);
        return { longest, late: late / (performance.now() - started) };
      },
    };
  });
  await work();
  return timer.evaluate(({ stop }) => stop());
}
