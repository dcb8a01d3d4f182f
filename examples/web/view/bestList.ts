import type { TextHypothesis } from 'tfjs-seq2seq';
import { element } from './element.js';

/** Shows hypotheses, best first, as radio buttons. `onChoose` gets the chosen one, and the first at once. */
export function showBest(
  list: HTMLElement,
  best: readonly TextHypothesis[],
  onChoose: (hypothesis: TextHypothesis) => void,
): void {
  const choices = best.map((hypothesis, i) => {
    const radio = element('input', { type: 'radio', name: 'best' });
    radio.checked = i === 0;
    radio.addEventListener('change', () => onChoose(hypothesis));
    const probability = Math.exp(hypothesis.logProbability);
    const score = `score ${hypothesis.score.toFixed(2)}, ${(100 * probability).toFixed(1)} %`;
    return element(
      'label',
      {},
      radio,
      element('span', { lang: 'fr', class: 'text' }, hypothesis.text || '(nothing)'),
      element('span', { class: 'score' }, score),
    );
  });
  list.replaceChildren(...choices);
  if (best[0] !== undefined) onChoose(best[0]);
}
