/** What every picture has. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** What a screen reader says first. */
  readonly title: string;
  /** The picture in words. */
  readonly description: string;
  /** SVG elements; texts in them are escaped already. */
  readonly body: readonly string[];
}

/** The attributes of an element; numbers are rounded to hundredths. */
export type Attributes = Readonly<Record<string, string | number>>;

/**
 * A whole SVG document, on white. It has no ids, so that several fit on one page. By the SVG accessibility
 * mapping, `title` and `desc` as first children name and describe the image.
 */
export function picture({ width, height, title, description, body }: Picture): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    width,
    height,
    viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
    'font-family': 'system-ui, sans-serif',
    'font-size': FONT_SIZE,
  };
  const parts = [
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(description)),
    element('rect', { width, height, fill: '#fff' }),
    ...body,
  ];
  return element('svg', attributes, `\n${parts.join('\n')}\n`);
}

/** The size of all texts but the title, in pixels. */
export const FONT_SIZE = 12;

/** One element; `content` is SVG, so text comes through {@link escapeText}. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escapeText(value)}"`,
  );
  const open = `<${name}${written.join('')}`;
  return content === '' ? `${open}/>` : `${open}>${content}</${name}>`;
}

/** Any string as SVG text or attribute value: never markup, and never a character that XML refuses. */
export function escapeText(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A number in few digits, the same everywhere. */
export function rounded(value: number): string {
  return String(Number(value.toFixed(2)));
}
