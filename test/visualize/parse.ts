/** A parser of the little XML that pictures are made of; it throws where a document is not well-formed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Reads a document. */
export function parse(xml: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`not well-formed: ${xml.slice(at, at + 60)}`);
    const [, closing, name = '', attributes = '', empty, text] = match;
    const parent = open.at(-1) as XmlElement;
    if (text !== undefined) parent.text += unescapeText(text);
    else if (closing === '/') {
      if (open.pop()?.name !== name || open.length === 0) throw new Error(`</${name}> closes nothing`);
    } else {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)];
      const made: XmlElement = {
        name,
        attributes: Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, unescapeText(value)])),
        children: [],
        text: '',
      };
      parent.children.push(made);
      if (empty !== '/') open.push(made);
    }
  }
  const [document, ...more] = root.children;
  if (document === undefined || more.length > 0 || open.length > 1) throw new Error('not one document');
  return document;
}

/** The attributes of the outermost element. */
export function attributesOf(xml: string): Record<string, string> {
  return parse(xml).attributes;
}

/** The attributes of every element of a name, in their order. */
export function elements(xml: string, name: string): Record<string, string>[] {
  return named(parse(xml), name).map(({ attributes }) => attributes);
}

/** The text of every element of a name, in their order. */
export function textsOf(xml: string, name: string): string[] {
  return named(parse(xml), name).map(({ text }) => text);
}

function named(element: XmlElement, name: string): XmlElement[] {
  const inside = element.children.flatMap((child) => named(child, name));
  return element.name === name ? [element, ...inside] : inside;
}

function unescapeText(text: string): string {
  if (/&(?!#\d+;)/.test(text)) throw new Error(`a bare ampersand: ${text}`);
  // XML 1.0, production 2.
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error('a character that XML refuses');
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
