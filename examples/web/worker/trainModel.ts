import { adam, type Seq2SeqModel, type StepEvent } from 'tfjs-seq2seq';
import type { Phrasebook } from '../../phrasebook/phrasebook.js';
import type { Progress, Sample } from '../messages.js';

/** What {@link trainModel} tells while it works, and how it is stopped. */
export interface Training {
  readonly epochs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onSamples: (samples: readonly Sample[]) => void;
}

const BATCH_SIZE = 64;
const SAMPLES = 6;
/** Milliseconds between two messages: often enough to look alive, seldom enough to cost nothing. */
const BETWEEN_PROGRESS = 150;
const BETWEEN_SAMPLES = 2000;

/** Trains on a phrasebook, and now and then translates a few sentences that training never sees. */
export async function trainModel(
  model: Seq2SeqModel,
  { train, heldOut }: Phrasebook,
  { epochs, signal, onProgress, onSamples }: Training,
): Promise<void> {
  const updates = epochs * Math.ceil(train.length / BATCH_SIZE);
  const every = Math.max(1, Math.floor(heldOut.length / SAMPLES));
  const samples = heldOut.filter((_, i) => i % every === 0).slice(0, SAMPLES);
  const translateSamples = async (): Promise<void> => {
    const found = await model.generateBatch(samples.map((pair) => pair.source));
    onSamples(samples.map((pair, i) => ({ ...pair, reference: pair.target, translation: textOf(found[i]) })));
  };

  let unreported: number[] = [];
  let update = 0;
  let [lastProgress, lastSamples] = [-Infinity, -Infinity];
  const report = ({ loss, tokensPerSecond, secondsLeft }: StepEvent): void => {
    unreported.push(loss);
    if (update < updates && performance.now() - lastProgress < BETWEEN_PROGRESS) return;
    const mean = unreported.reduce((sum, value) => sum + value, 0) / unreported.length;
    onProgress({ update, updates, loss: mean, tokensPerSecond, secondsLeft });
    unreported = [];
    lastProgress = performance.now();
  };

  await model.fit(train, {
    epochs,
    batchSize: BATCH_SIZE,
    // Constant for the first half, then down to 0.
    optimizer: adam({ learningRate: (step) => 4e-3 * Math.min(1, 2 * Math.max(0, 1 - step / updates)) }),
    seed: 1,
    signal,
    async onStep(event) {
      update++;
      report(event);
      if (performance.now() - lastSamples < BETWEEN_SAMPLES) return;
      await translateSamples();
      lastSamples = performance.now();
    },
  });
  await translateSamples();
}

function textOf(hypotheses: readonly { readonly text: string }[] | undefined): string {
  return hypotheses?.[0]?.text ?? '';
}
