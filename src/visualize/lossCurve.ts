import { integerFrom, readOptions, unchecked } from '../core/options.js';
import { AXIS, label, titleLabel } from './label.js';
import { describeCurve, readCurves, type Curve, type LossRecord } from './readCurves.js';
import { element, picture, rounded, type Attributes } from './svg.js';
import { ticks } from './ticks.js';

/** Options of {@link lossCurve}. */
export interface LossCurveOptions {
  /** Stands above the picture and is its accessible name. Default `Loss`. */
  readonly title?: string;
  /** Names the horizontal axis. Default `epoch`. */
  readonly xLabel?: string;
  /** Names the vertical axis. Default `loss a token`. */
  readonly yLabel?: string;
  /** Names the solid line. Default `training`. */
  readonly trainingLabel?: string;
  /** Names the dashed line. Default `validation`. */
  readonly validationLabel?: string;
  /** In pixels, at least 160. Default 480. */
  readonly width?: number;
  /** In pixels, at least 120. Default 300. */
  readonly height?: number;
}

/**
 * Draws the training loss, and the validation loss where there is one, as the text of an SVG image. The one
 * is a solid line with round points, the other a dashed line with square points, so that no colour is needed
 * to tell them apart. The vertical axis starts at 0. A screen reader gets the first, the last and the lowest
 * loss.
 *
 * All text is escaped, and equal input gives equal text.
 *
 * @param history what `fit` returns, or any rising list of records, such as the steps of a run under way
 * @throws `invalid-input` for a history without epochs, epochs that do not rise, or a loss that is not
 * finite; `invalid-option`
 *
 * @example
 * ```ts
 * import { lossCurve } from 'tfjs-seq2seq';
 *
 * const svg = lossCurve({
 *   epochs: [
 *     { epoch: 1, loss: 3.2, validation: { loss: 3.0 } },
 *     { epoch: 2, loss: 1.9, validation: { loss: 2.1 } },
 *   ],
 * });
 * console.log(svg.startsWith('<svg')); // true
 * ```
 */
export function lossCurve(
  history: { readonly epochs: readonly LossRecord[] },
  options: LossCurveOptions = {},
): string {
  const { title, xLabel, yLabel, width, height, ...names } = readOptions('lossCurve', options, {
    title: [unchecked, 'Loss'],
    xLabel: [unchecked, 'epoch'],
    yLabel: [unchecked, 'loss a token'],
    trainingLabel: [unchecked, 'training'],
    validationLabel: [unchecked, 'validation'],
    width: [integerFrom(160), 480],
    height: [integerFrom(120), 300],
  });
  const curves = readCurves(history, names);
  const points = curves.flatMap((curve) => curve.points);
  const first = Math.min(...points.map(([x]) => x));
  const last = Math.max(...points.map(([x]) => x));
  const yTicks = ticks(Math.min(0, ...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y)));
  const [low, high] = [yTicks[0] as number, yTicks.at(-1) as number];

  const frame = { left: 56, right: width - 16, top: 56, bottom: height - 44 };
  const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
  const xOf = (x: number): number =>
    first === last ? middle.x : frame.left + ((x - first) / (last - first)) * (frame.right - frame.left);
  const yOf = (y: number): number => frame.bottom - ((y - low) / (high - low)) * (frame.bottom - frame.top);
  const line = { x1: frame.left, x2: frame.right, stroke: '#ddd' };
  const legendX = (i: number): number => frame.left + (i * (frame.right - frame.left)) / 2;
  const body = [
    titleLabel(title, width),
    label(xLabel, { x: middle.x, y: height - 10, edge: 'middle', attributes: AXIS }),
    label(yLabel, { x: 16, y: middle.y, edge: 'middle', turn: -90, attributes: AXIS }),
    ...yTicks.flatMap((tick) => [
      element('line', { ...line, y1: yOf(tick), y2: yOf(tick) }),
      label(String(tick), { x: frame.left - 6, y: yOf(tick) + 4, edge: 'right', attributes: AXIS }),
    ]),
    ...ticks(first, last, true)
      .filter((tick) => tick >= first && tick <= last)
      .map((tick) =>
        label(String(tick), { x: xOf(tick), y: frame.bottom + 18, edge: 'middle', attributes: AXIS }),
      ),
    ...curves.flatMap(({ name, look, points: own }, i) => {
      const placed = own.map(([x, y]) => [xOf(x), yOf(y)] as const);
      const path = placed.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ');
      const marks = own.length > MOST_MARKS ? [] : placed.map(([x, y]) => mark(look, x, y));
      const legend = { ...lineOf(look), x1: legendX(i), x2: legendX(i) + 24, y1: 40, y2: 40 };
      return [
        element('polyline', { ...lineOf(look), points: path }),
        ...marks,
        element('line', legend),
        mark(look, legendX(i) + 12, 40),
        label(name, { x: legendX(i) + 30, y: 44 }),
      ];
    }),
  ];
  return picture({ width, height, title, description: curves.map(describeCurve).join(' '), body });
}

const MOST_MARKS = 60;

function lineOf({ colour, square }: Curve['look']): Attributes {
  return {
    fill: 'none',
    stroke: colour,
    'stroke-width': 2,
    ...(square ? { 'stroke-dasharray': '6 4' } : {}),
  };
}

function mark({ square, colour }: Curve['look'], x: number, y: number): string {
  return square
    ? element('rect', { x: x - 3, y: y - 3, width: 6, height: 6, fill: colour })
    : element('circle', { cx: x, cy: y, r: 3, fill: colour });
}
