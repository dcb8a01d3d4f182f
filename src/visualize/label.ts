import { element, escapeText, FONT_SIZE, type Attributes } from './svg.js';

/**
 * Where a label stands. `edge` says which of its edges, as one sees it, is at `x`. It may be turned about
 * that point.
 */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly edge?: 'left' | 'middle' | 'right';
  /** Degrees, clockwise. */
  readonly turn?: number;
  readonly attributes?: Attributes;
}

/** A text element. In SVG `start` and `end` follow the direction of the text; `edge` does not. */
export function label(text: string, { x, y, edge = 'left', turn = 0, attributes = {} }: LabelPlace): string {
  const rightToLeft = isRightToLeft(text);
  const anchor = edge === 'middle' ? 'middle' : (edge === 'left') === rightToLeft ? 'end' : 'start';
  return element(
    'text',
    {
      x,
      y,
      ...(anchor === 'start' ? {} : { 'text-anchor': anchor }),
      ...(rightToLeft ? { direction: 'rtl' } : {}),
      ...(turn === 0 ? {} : { transform: `rotate(${turn} ${x} ${y})` }),
      ...attributes,
    },
    escapeText(text),
  );
}

/** The looks of what stands beside a picture. */
export const AXIS: Attributes = { fill: '#555' };

/** The size of a title, in pixels. */
export const TITLE_SIZE = 14;

/** The title above a picture, on the side where its script starts. */
export function titleLabel(title: string, width: number): string {
  const place = isRightToLeft(title) ? ({ x: width - 8, edge: 'right' } as const) : { x: 8 };
  return label(title, { ...place, y: 20, attributes: { 'font-weight': 'bold', 'font-size': TITLE_SIZE } });
}

/**
 * Whether the first letter of a text belongs to a script that runs from right to left (Hebrew, Arabic, N’Ko
 * …).
 */
export function isRightToLeft(text: string): boolean {
  const letter = /\p{L}/u.exec(text)?.[0] ?? '';
  return /[\u{590}-\u{8ff}\u{fb1d}-\u{fdff}\u{fe70}-\u{feff}\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(
    letter,
  );
}

/** Whether most tokens run from right to left; special tokens, such as `<sos>` or `[CLS]`, have no say. */
export function mostlyRightToLeft(tokens: readonly string[]): boolean {
  const words = tokens.filter((token) => /\p{L}/u.test(token) && !/^(<.*>|\[.*\])$/su.test(token));
  return words.filter(isRightToLeft).length * 2 > words.length;
}

/** A token as a label: blanks are made visible, and long ones are cut. */
export function tokenLabel(token: string): string {
  const visible = token.replace(/\n/g, '⏎').replace(/\t/g, '⇥').replace(/^\s+$/u, '␣');
  const characters = [...visible];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : visible;
}

const LONGEST = 24;

/** About how wide a text is, in pixels: pictures are made where no font can be measured. */
export function textWidth(text: string, fontSize: number = FONT_SIZE): number {
  let widths = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    widths += WIDE.test(character) ? 1 : 0.62;
  }
  return widths * fontSize;
}

/** Chinese, Japanese and Korean characters, full-width forms and pictographs. */
const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{1f000}-\u{3ffff}]/u;
