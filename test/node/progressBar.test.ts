import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressBar, type ProgressStep } from '../../src/node/progressBar.js';
import type { StepEvent } from '../../src/training/trainOptions.js';

const STEP: ProgressStep = {
  epoch: 2,
  epochs: 4,
  step: 5,
  of: 10,
  loss: 1.23456,
  tokensPerSecond: 5240,
  secondsLeft: 75,
};

function recorder(
  isTTY: boolean,
  columns = 200,
): { written: string[]; isTTY: boolean; columns: number; write: (text: string) => void } {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text) => void written.push(text) };
}

describe('progressBar', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('draws one line on a terminal, over and over', () => {
    const stream = recorder(true);
    const bar = progressBar({ stream, width: 8 });
    bar.update(STEP);
    vi.advanceTimersByTime(1000);
    bar.update({ ...STEP, epoch: 4, step: 10, secondsLeft: 0 });
    bar.finish();
    expect(stream.written).toEqual([
      '\r[███░░░░░] epoch 2/4  step 5/10  loss 1.235  5.2k tokens/s  1:15 left\x1b[K',
      '\r[████████] epoch 4/4  step 10/10  loss 1.235  5.2k tokens/s  0:00 left\x1b[K',
      '\n',
    ]);
  });

  it('does not draw every step, but the last one', () => {
    const stream = recorder(true);
    const bar = progressBar({ stream });
    for (let step = 1; step <= 9; step++) bar.update({ ...STEP, step });
    expect(stream.written).toHaveLength(1);
    bar.finish();
    expect(stream.written[1]).toContain('step 9/10');
    bar.finish();
    expect(stream.written).toHaveLength(3);
  });

  it('never wraps a line', () => {
    const stream = recorder(true, 20);
    progressBar({ stream }).update(STEP);
    expect(stream.written[0]!.replace('\r', '').replace('\x1b[K', '')).toHaveLength(19);
  });

  it('shortens the bar rather than the text', () => {
    const stream = recorder(true, 72);
    progressBar({ stream }).update(STEP);
    expect(stream.written[0]).toBe(
      '\r[███░░░░░░░] epoch 2/4  step 5/10  loss 1.235  5.2k tokens/s  1:15 left\x1b[K',
    );
  });

  it('writes plain lines now and then where there is no terminal', () => {
    const stream = recorder(false);
    const bar = progressBar({ stream, interval: 5 });
    for (let step = 1; step <= 9; step++) {
      bar.update({ ...STEP, step });
      vi.advanceTimersByTime(2000);
    }
    bar.finish();
    expect(stream.written.map((line) => /step (\d+)\/10/.exec(line)?.[1])).toEqual(['1', '4', '7', '9']);
    expect(stream.written[0]).toBe('epoch 2/4  step 1/10  loss 1.235  5.2k tokens/s  1:15 left\n');
  });

  it('shows what is known before the length of an epoch is', () => {
    const stream = recorder(true);
    progressBar({ stream, width: 3 }).update({ ...STEP, of: null, secondsLeft: null, tokensPerSecond: 41.6 });
    expect(stream.written[0]).toBe('\r[░░░] epoch 2/4  step 5  loss 1.235  42 tokens/s\x1b[K');
  });

  it.each([
    [999.4, 59.6, '999 tokens/s  1:00 left'],
    [9960, 3661, '10k tokens/s  1:01:01 left'],
    [123_456, 36_000, '123k tokens/s  10:00:00 left'],
  ])('writes %d and %d as %s', (tokensPerSecond, secondsLeft, text) => {
    const stream = recorder(false);
    progressBar({ stream }).update({ ...STEP, tokensPerSecond, secondsLeft });
    expect(stream.written[0]).toContain(text);
  });

  it("takes the trainer's events as they are", () => {
    const stream = recorder(false);
    const onStep: (event: StepEvent) => void = progressBar({ stream }).update;
    onStep({ ...STEP, tokens: 7, learningRate: 0.001, gradientNorm: 0.5 });
    expect(stream.written).toHaveLength(1);
  });

  it('writes nothing where nothing happened', () => {
    const stream = recorder(true);
    progressBar({ stream }).finish();
    expect(stream.written).toEqual([]);
  });

  it('refuses unknown options and values', () => {
    expect(() => progressBar({ colour: true } as never)).toThrow(
      'option names among stream, width, interval',
    );
    expect(() => progressBar({ width: 0 })).toThrow(
      'progressBar: expected width to be a whole number of at least 1',
    );
    expect(() => progressBar({ interval: -1 })).toThrow(
      'progressBar: expected interval to be a finite number (min 0)',
    );
  });
});
