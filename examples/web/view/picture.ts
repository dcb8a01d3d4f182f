/**
 * The SVG text of `lossCurve` or `attentionHeatmap` as an element of this page, for styles and hovering to
 * reach. It is parsed as XML by a parser that runs no scripts, and the library has escaped all text in it.
 */
export function picture(svg: string): Node {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  return document.importNode(parsed.documentElement, true);
}
