import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { createRandom } from '../../src/core/random.js';
import { whitespaceTokenizer } from '../../src/data/tokenizers/whitespaceTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import type { TextSide } from '../../src/model/modelParts.js';
import { adam } from '../../src/training/optimizers/adam.js';

const symbols = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + i));

/** Both sides of a task over 20 symbols. */
export const side: TextSide = { vocab: Vocab.build([symbols]), tokenizer: whitespaceTokenizer() };

export interface SequenceTask {
  /** What a source is to become. */
  readonly answer: (source: readonly string[]) => readonly string[];
  readonly build: (seed: number) => Seq2SeqModel;
  /** Pairs to learn from. */
  readonly pairs: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** The share of all steps after which the learning rate falls. Default 0.3. */
  readonly fallsFrom?: number;
  /** Of Adam. Default 0.999. */
  readonly beta2?: number;
  /** The shortest and the longest source. Default 3 and 8. */
  readonly lengths?: readonly [number, number];
  /** How many different symbols there are, at most 20. Default 20. */
  readonly symbolCount?: number;
  /** Default 64. */
  readonly batchSize?: number;
  /**
   * Whether sequences of similar length share a batch. It halves the work where lengths differ much. Default
   * false.
   */
  readonly bucketByLength?: boolean;
}

/** Trains, and asserts at least 99 % exact matches on sequences that the model has not seen. */
export async function learns(task: SequenceTask): Promise<void> {
  expect(await exactMatchAfter(task)).toBeGreaterThanOrEqual(0.99);
}

/**
 * Trains on distinct random sequences and returns the share of exact matches on 400 others. The learning rate
 * climbs over 100 steps and stays. In the end it falls to nothing along a cosine.
 */
export async function exactMatchAfter({
  answer,
  build,
  pairs,
  epochs,
  learningRate,
  fallsFrom = 0.3,
  beta2 = 0.999,
  lengths: [shortest, longest] = [3, 8],
  symbolCount = symbols.length,
  batchSize = 64,
  bucketByLength = false,
}: SequenceTask): Promise<number> {
  const seed = Number(process.env['SEED'] ?? 1); // what is learnt must not hang on it
  await useBackend('wasm');
  const random = createRandom(seed);
  const seen = new Set<string>();
  const draw = (count: number): { source: string[]; target: readonly string[] }[] => {
    const drawn: { source: string[]; target: readonly string[] }[] = [];
    while (drawn.length < count) {
      const length = shortest + random.integer(longest - shortest + 1);
      const source = Array.from({ length }, () => symbols[random.integer(symbolCount)] as string);
      if (seen.has(source.join(''))) continue;
      seen.add(source.join(''));
      drawn.push({ source, target: answer(source) });
    }
    return drawn;
  };
  const [unseen, known] = [draw(400), draw(pairs)];
  const before = memory().numTensors;
  const model = build(seed);
  const steps = epochs * Math.ceil(pairs / batchSize);
  const schedule = (step: number): number => {
    const fallen = Math.max(0, (step / steps - fallsFrom) / (1 - fallsFrom));
    return learningRate * Math.min(1, (step + 1) / 100) * (0.01 + 0.495 * (1 + Math.cos(Math.PI * fallen)));
  };
  await model.fit(known, {
    epochs,
    batchSize,
    bucketByLength,
    seed,
    optimizer: adam({ learningRate: schedule, beta2 }),
  });
  const { exactMatch } = await model.evaluate(unseen, { batchSize: 128 });
  model.dispose();
  expect(memory().numTensors).toBe(before);
  return exactMatch;
}
