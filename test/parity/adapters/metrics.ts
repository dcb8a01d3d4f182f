import {
  corpusBleu,
  editDistance,
  exactMatch,
  perplexity,
  tokenAccuracy,
  type CorpusBleuOptions,
} from '../../../src/index.js';
import type { Adapter, NumberCheck } from '../adapter.js';

interface Metrics {
  readonly bleu: {
    readonly corpora: Record<string, { hypotheses: string[]; references: string[][] }>;
    readonly cases: readonly { corpus: string; options: BleuOptions; expected: BleuExpected }[];
  };
  readonly perplexity: readonly { log_probabilities: number[]; mask: number[]; perplexity: number }[];
  readonly accuracy: Record<'token_accuracy' | 'sequence_accuracy' | 'pad', number> &
    Record<'predicted' | 'target', number[][]>;
  readonly edit_distance: readonly { hypothesis: string[]; reference: string[]; distance: number }[];
}

interface BleuOptions {
  readonly tokenize?: 'none' | '13a' | 'char';
  readonly smooth?: 'exp' | 'floor' | 'add-k' | 'none';
  readonly smooth_value?: number;
  readonly order?: number;
  readonly lowercase?: boolean;
  readonly effective_order?: boolean;
}

interface BleuExpected {
  readonly score: number;
  readonly precisions: number[];
  readonly brevity_penalty: number;
  readonly hyp_len: number;
  readonly ref_len: number;
  readonly correct: number[];
  readonly total: number[];
}

export const metrics: Adapter = ({ json }) => {
  const { bleu, perplexity: perplexities, accuracy, edit_distance } = json as unknown as Metrics;
  const numbers: NumberCheck[] = [];
  const check = (what: string, actual: number, expected: number): void =>
    void numbers.push({ what, actual, expected });

  for (const { corpus, options, expected } of bleu.cases) {
    const { hypotheses, references } = bleu.corpora[corpus] as Metrics['bleu']['corpora'][string];
    const score = corpusBleu(hypotheses, references, bleuOptions(options));
    const what = `bleu ${corpus} ${JSON.stringify(options)}`;
    check(`${what} score`, score.score, expected.score);
    check(`${what} brevity penalty`, score.brevityPenalty, expected.brevity_penalty);
    check(`${what} hypothesis length`, score.hypothesisLength, expected.hyp_len);
    check(`${what} reference length`, score.referenceLength, expected.ref_len);
    for (const list of ['precisions', 'correct', 'total'] as const) {
      check(`${what} orders`, score[list].length, expected[list].length);
      expected[list].forEach((value, n) => check(`${what} ${list}[${n}]`, score[list][n] as number, value));
    }
  }
  for (const { log_probabilities, mask, perplexity: expected } of perplexities) {
    check('perplexity', perplexity(log_probabilities, mask), expected);
  }
  const { predicted, target, pad: padId } = accuracy;
  check('token accuracy', tokenAccuracy(predicted, target, { padId }).accuracy, accuracy.token_accuracy);
  check('sequence accuracy', exactMatch(predicted, target, { padId }).accuracy, accuracy.sequence_accuracy);
  for (const { hypothesis, reference, distance } of edit_distance) {
    check(`edit distance of ${hypothesis.join(' ')}`, editDistance(hypothesis, reference), distance);
  }
  return { numbers: () => numbers };
};

function bleuOptions({ smooth, smooth_value, effective_order, ...rest }: BleuOptions): CorpusBleuOptions {
  return {
    ...rest,
    ...(smooth !== undefined && { smoothing: smooth }),
    ...(smooth_value !== undefined && { smoothingValue: smooth_value }),
    ...(effective_order !== undefined && { effectiveOrder: effective_order }),
  };
}
