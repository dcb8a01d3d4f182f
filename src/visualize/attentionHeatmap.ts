import { finiteNumber, readOptions, unchecked } from '../core/options.js';
import { AXIS, label, mostlyRightToLeft, textWidth, titleLabel, TITLE_SIZE, tokenLabel } from './label.js';
import { readAttended, type AttendedOutput } from './readAttended.js';
import { element, escapeText, FONT_SIZE, picture } from './svg.js';

/** Options of {@link attentionHeatmap}. */
export interface AttentionHeatmapOptions {
  /**
   * One label a source position, with the start and the end token where the model adds them. Default: those
   * of the output, else numbers from 1.
   */
  readonly sourceTokens?: readonly string[] | undefined;
  /** One label a row. Default: those of the output, else numbers from 1. */
  readonly targetTokens?: readonly string[] | undefined;
  /** Stands above the picture and is its accessible name. Default `Attention`. */
  readonly title?: string;
  /** Names the columns. Default `source`. */
  readonly sourceLabel?: string;
  /** Names the rows. Default `target`. */
  readonly targetLabel?: string;
  /** Side of a cell in pixels, at least 1. Default 24. Labels that would overlap are left out. */
  readonly cellSize?: number;
}

/**
 * Draws which source positions each target token attended to (Bahdanau et al. 2015, fig. 3), as the text of
 * an SVG image. White is weight 0, dark blue is 1. Columns run from right to left where the source does. Row
 * labels stand at the side where their script begins. A screen reader gets the strongest link of each row. A
 * pointer gets each cell's weight.
 *
 * All text is escaped. For a page that wants to highlight them, cells and column labels carry `data-source`,
 * and rows of cells and row labels carry `data-target`: positions from 0. Equal input gives equal text.
 *
 * @throws `invalid-input` where there is no attention, a row is empty, a weight is not in [0, 1] or labels do
 * not fit; `invalid-option`
 *
 * @example
 * ```ts
 * import { attentionHeatmap } from 'tfjs-seq2seq';
 *
 * const svg = attentionHeatmap({
 *   sourceTokens: ['I', 'am', 'cold'],
 *   targetTokens: ['J’', 'ai', 'froid'],
 *   weights: [[0.9, 0.1, 0], [0.2, 0.8, 0], [0, 0.1, 0.9]],
 * });
 * console.log(svg.startsWith('<svg')); // true
 * ```
 */
export function attentionHeatmap(attended: AttendedOutput, options: AttentionHeatmapOptions = {}): string {
  const {
    title,
    sourceLabel,
    targetLabel,
    cellSize: cell,
    ...labels
  } = readOptions(WHERE, options, {
    sourceTokens: [unchecked, undefined],
    targetTokens: [unchecked, undefined],
    title: [unchecked, 'Attention'],
    sourceLabel: [unchecked, 'source'],
    targetLabel: [unchecked, 'target'],
    cellSize: [finiteNumber({ min: 1 }), 24],
  });
  const { rows, sources, targets } = readAttended(attended, labels);
  const sourceLabels = sources.map(tokenLabel);
  const targetLabels = targets.map(tokenLabel);
  const mirrored = mostlyRightToLeft(sources);
  const labelsAtRight = mostlyRightToLeft(targets);

  const gridWidth = sources.length * cell;
  const gridHeight = rows.length * cell;
  const besideGrid = Math.max(...targetLabels.map((text) => textWidth(text))) + 2 * GAP + LINE;
  const aboveGrid = Math.max(...sourceLabels.map((text) => textWidth(text))) * DIAGONAL + LINE;
  const left = labelsAtRight ? GAP : besideGrid;
  const top = 2 * LINE + aboveGrid;
  const overhang = labelsAtRight ? Math.max(besideGrid, aboveGrid) : aboveGrid;
  const width = Math.max(left + gridWidth + overhang, textWidth(title, TITLE_SIZE) + 2 * GAP);
  const height = top + gridHeight + GAP;

  const columnX = (i: number): number => left + (mirrored ? sources.length - 1 - i : i) * cell;
  const every = Math.ceil((FONT_SIZE + 2) / cell);
  const targetNameX = labelsAtRight ? left + gridWidth + besideGrid - GAP : LINE;
  const body = [
    titleLabel(title, width),
    label(sourceLabel, { x: left + gridWidth / 2, y: 2 * LINE, edge: 'middle', attributes: AXIS }),
    label(targetLabel, {
      x: targetNameX,
      y: top + gridHeight / 2,
      edge: 'middle',
      turn: -90,
      attributes: AXIS,
    }),
    ...sourceLabels.map((text, i) =>
      i % every > 0
        ? ''
        : label(text, {
            x: columnX(i) + cell / 2 + 4,
            y: top - 4,
            turn: -45,
            attributes: { 'data-source': i },
          }),
    ),
    ...targetLabels.map((text, j) =>
      j % every > 0
        ? ''
        : label(text, {
            x: labelsAtRight ? left + gridWidth + GAP : left - GAP,
            y: top + (j + 0.5) * cell + FONT_SIZE / 3,
            edge: labelsAtRight ? 'left' : 'right',
            attributes: { 'data-target': j },
          }),
    ),
    ...rows.map((row, j) => {
      const cells = sources.map((source, i) => {
        const weight = row[i] as number;
        const tip = element(
          'title',
          {},
          escapeText(`${quoted(targets[j])} ← ${quoted(source)}: ${weight.toFixed(2)}`),
        );
        const place = { x: columnX(i), y: top + j * cell, width: cell, height: cell };
        return element('rect', { ...place, 'fill-opacity': weight, 'data-source': i }, tip);
      });
      return element('g', { fill: '#0b3d91', stroke: '#ccd', 'data-target': j }, cells.join(''));
    }),
  ].filter((part) => part !== '');
  return picture({ width, height, title, description: describeRows(rows, sources, targets), body });
}

const WHERE = 'attentionHeatmap';
const GAP = 8;
const LINE = 20;
const DIAGONAL = Math.SQRT1_2;

/** The picture in words: what each target token attended to most. */
function describeRows(
  rows: readonly ArrayLike<number>[],
  sources: readonly string[],
  targets: readonly string[],
): string {
  const links = rows.map((row, j) => {
    const weights = Array.from(row);
    const strongest = weights.indexOf(Math.max(...weights));
    return `${quoted(targets[j])} ← ${quoted(sources[strongest])} (${(weights[strongest] as number).toFixed(2)})`;
  });
  return `What each target token attended to most: ${links.join(', ')}.`;
}

/** A token inside a sentence. The isolates keep its direction from turning the words around it. */
function quoted(token = ''): string {
  return `“\u{2068}${token}\u{2069}”`;
}
