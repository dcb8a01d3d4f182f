import { attentionHeatmap, type TextHypothesis } from 'tfjs-seq2seq';
import type { SourceToken } from '../messages.js';
import { element } from './element.js';
import { picture } from './picture.js';

/**
 * Shows where a translation looked: the English words, the French words as buttons, and the heat map.
 * Point at a French word or a cell of its row, or move the focus there: the English words take colour by how
 * much it looked at them. Point at an English word: the French words that looked at it take colour.
 */
export function showAttention(
  place: HTMLElement,
  source: readonly SourceToken[],
  { tokens, attention = [] }: TextHypothesis,
): void {
  if (tokens.length === 0) {
    place.replaceChildren(element('p', { class: 'empty' }, 'It wrote nothing.'));
    return;
  }
  const english = source.map(({ text, known }, i) => {
    const look = known ? { class: 'word' } : { class: 'word unknown', title: 'not in its phrasebook' };
    return element('span', { ...look, 'data-source': String(i) }, text);
  });
  const french = tokens.map((token, j) =>
    element('button', { type: 'button', class: 'word', 'data-target': String(j) }, token),
  );
  const look = {
    cellSize: 28,

    sourceTokens: source.map(({ text }) => text),
    sourceLabel: 'English',
    targetLabel: 'French',
  };
  const view = element(
    'div',
    {},
    element('p', { class: 'words', 'data-side': 'source' }, ...spaced(english)),
    element('p', { class: 'words', 'data-side': 'target', lang: 'fr' }, ...spaced(french)),
    element('figure', { class: 'picture' }, picture(attentionHeatmap({ tokens, attention }, look))),
  );
  place.replaceChildren(view);

  const highlight = ({ source: i, target: j }: Place): void => {
    const row = j === null ? undefined : attention[j];
    english.forEach((word, at) => setWeight(word, row?.[at] ?? Number(at === i)));
    french.forEach((word, at) =>
      setWeight(word, j === null && i !== null ? attention[at]?.[i] : Number(at === j)),
    );
    for (const part of view.querySelectorAll('svg [data-target]'))
      part.classList.toggle('active', numberOf(part, 'data-target') === j);
  };
  view.addEventListener('pointerover', ({ target }) => highlight(placeOf(target)));
  view.addEventListener('pointerleave', () => highlight(NOWHERE));
  view.addEventListener('focusin', ({ target }) => highlight(placeOf(target)));
  view.addEventListener('focusout', () => highlight(NOWHERE));
}

/** The English and the French word that something on the screen stands for; a cell of the map has both. */
interface Place {
  readonly source: number | null;
  readonly target: number | null;
}

const NOWHERE: Place = { source: null, target: null };

function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof Element)) return NOWHERE;
  return {
    source: numberOf(target.closest('[data-source]'), 'data-source'),
    target: numberOf(target.closest('[data-target]'), 'data-target'),
  };
}

function numberOf(element: Element | null, attribute: string): number | null {
  const text = element?.getAttribute(attribute) ?? null;
  return text === null ? null : Number(text);
}

function setWeight(word: HTMLElement, weight = 0): void {
  word.style.setProperty('--weight', weight.toFixed(3));
}

function spaced(words: readonly Node[]): (Node | string)[] {
  return words.flatMap((word) => [word, ' ']);
}
