import type { Sample } from '../messages.js';
import { element } from './element.js';

/** Fills the table of sentences that the model has never seen with what it makes of them now. */
export function showSamples(table: HTMLTableElement, samples: readonly Sample[]): void {
  const rows = samples.map(({ source, translation, reference }) => {
    const right = translation === reference;
    return element(
      'tr',
      right ? { class: 'right' } : {},
      element('td', {}, source),
      element('td', { lang: 'fr' }, translation),
      element('td', { lang: 'fr' }, right ? '✓' : reference),
    );
  });
  table.tBodies[0]?.replaceChildren(...rows);
}
