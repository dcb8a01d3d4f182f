import { lossCurve, type LossRecord } from 'tfjs-seq2seq';
import { picture } from './picture.js';

/** A loss curve that grows while training runs. */
export interface LossChart {
  add(update: number, loss: number): void;
  clear(): void;
}

const MOST_POINTS = 160;

/**
 * Draws once a frame at most, as wide as there is room. Where there are more points than can be told apart,
 * it averages neighbours.
 */
export function lossChart(figure: HTMLElement): LossChart {
  let points: LossRecord[] = [];
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    if (points.length === 0) return;
    const width = Math.max(280, Math.min(560, figure.clientWidth));
    const look = { width, height: Math.round(0.6 * width), xLabel: 'updates of the weights' };
    figure.replaceChildren(picture(lossCurve({ epochs: points }, look)));
  };
  const drawSoon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  new ResizeObserver(drawSoon).observe(figure);
  return {
    add(update, loss) {
      points.push({ epoch: update, loss });
      if (points.length > MOST_POINTS) points = halve(points);
      drawSoon();
    },
    clear() {
      points = [];
    },
  };
}

function halve(points: readonly LossRecord[]): LossRecord[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    if (i % 2 === 0) return i === points.length - 1 ? [point] : [];
    return before === undefined ? [] : [{ epoch: point.epoch, loss: (before.loss + point.loss) / 2 }];
  });
}
