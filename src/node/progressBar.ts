import { finiteNumber, positiveInteger, readOptions, unchecked } from '../core/options.js';

/** Where a {@link ProgressBar} writes: `process.stderr`, or anything like it. */
export interface ProgressStream {
  /** Takes what is to be shown. */
  write(text: string): unknown;
  /** Whether it is a terminal, whose line can be drawn again. Default false. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. Default: no limit. */
  readonly columns?: number;
}

/** What a {@link ProgressBar} shows: the part of the trainer's step event that it reads. */
export interface ProgressStep {
  /** From 1. */
  readonly epoch: number;
  /** How many there will be. */
  readonly epochs: number;
  /** From 1, within the epoch. */
  readonly step: number;
  /** Steps of an epoch, or `null` while nobody knows. */
  readonly of: number | null;
  /** Mean loss a token of this batch. */
  readonly loss: number;
  /** Real target tokens, of this epoch so far. */
  readonly tokensPerSecond: number;
  /** Until the last epoch ends; `null` while nobody knows. */
  readonly secondsLeft: number | null;
}

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  /** Default `process.stderr`. */
  readonly stream?: ProgressStream;
  /**
   * Most characters of the bar itself. A narrow terminal makes it shorter, so that the text fits. Default 24.
   */
  readonly width?: number;
  /** Seconds between two lines where the stream is no terminal. Default 10. */
  readonly interval?: number;
}

/** Shows how training goes. */
export interface ProgressBar {
  /** Takes a step event; it needs no `this`, so that it can be handed over as a callback. */
  readonly update: (step: ProgressStep) => void;
  /** Shows the last step, and ends the line. */
  readonly finish: () => void;
}

const REDRAW_AFTER_MILLISECONDS = 80;

/**
 * A bar on one line for a terminal, with loss, speed and time left. Elsewhere, as in a log file, it is a
 * plain line now and then.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { progressBar } from 'tfjs-seq2seq/node';
 *
 * const bar = progressBar();
 * bar.update({ epoch: 1, epochs: 2, step: 30, of: 60, loss: 1.5, tokensPerSecond: 5200, secondsLeft: 75 });
 * bar.finish(); // [██████░░░░░░░░░░░░░░░░░░] epoch 1/2  step 30/60  loss 1.500  5.2k tokens/s  1:15 left
 * ```
 */
export function progressBar(options: ProgressBarOptions = {}): ProgressBar {
  const { stream, width, interval } = readOptions('progressBar', options, {
    stream: [unchecked, process.stderr],
    width: [positiveInteger, 24],
    interval: [finiteNumber({ min: 0 }), 10],
  });
  const terminal = stream.isTTY === true;
  const pause = terminal ? REDRAW_AFTER_MILLISECONDS : interval * 1000;
  let shownAt = -Infinity;
  let pending: ProgressStep | undefined;
  let open = false;

  const show = (step: ProgressStep): void => {
    const text = describeStep(step);
    if (terminal) {
      const columns = (stream.columns ?? Infinity) - 1;
      // What the text leaves for the bar between its brackets.
      const room = Math.max(1, columns - text.length - 3);
      const line = `${drawBar(step, Math.min(width, room))} ${text}`;
      stream.write(`\r${line.slice(0, columns)}\x1b[K`); // erases what an old line leaves
      open = true;
    } else {
      stream.write(`${text}\n`);
    }
    shownAt = performance.now();
    pending = undefined;
  };

  return {
    update(step) {
      pending = step;
      if (performance.now() - shownAt >= pause) show(step);
    },
    finish() {
      if (pending !== undefined) show(pending);
      if (open) stream.write('\n');
      open = false;
    },
  };
}

function drawBar({ epoch, epochs, step, of }: ProgressStep, width: number): string {
  const done = of === null ? 0 : Math.min(1, (epoch - 1 + step / of) / epochs);
  const filled = Math.floor(done * width);
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}]`;
}

function describeStep({ epoch, epochs, step, of, loss, tokensPerSecond, secondsLeft }: ProgressStep): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `step ${of === null ? step : `${step}/${of}`}`,
    `loss ${loss.toFixed(3)}`,
    `${shorten(tokensPerSecond)} tokens/s`,
    ...(secondsLeft === null ? [] : [`${clock(secondsLeft)} left`]),
  ].join('  ');
}

function shorten(count: number): string {
  return count < 1000 ? String(Math.round(count)) : `${(count / 1000).toFixed(count < 9950 ? 1 : 0)}k`;
}

/** 75 seconds are 1:15, an hour more is 1:01:15. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}
