import { element } from './element.js';

/** Adds one word to a line of words. A screen reader reads it out; its tip tells how sure the model was. */
export function showToken(line: HTMLElement, token: string, probability: number): void {
  const word = element('span', { class: 'token', title: `${percent(probability)} sure` }, token);
  word.style.setProperty('--probability', String(probability));
  line.append(word, ' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.1 ? 0 : 1)} %`;
}
