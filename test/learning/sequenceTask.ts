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
  readonly build: () => Seq2SeqModel;
  /** Pairs to learn from. */
  readonly pairs: number;
  readonly epochs: number;
  readonly learningRate: number;
}

/**
 * Trains on distinct random sequences of 3 to 8 symbols and asserts at least 99 % exact matches on 400 others. The learning
 * rate climbs over 100 steps, stays, and falls to nothing along a cosine from a third of the way on.
 */
export async function learns({ answer, build, pairs, epochs, learningRate }: SequenceTask): Promise<void> {
  await useBackend('wasm');
  const random = createRandom(1);
  const seen = new Set<string>();
  const draw = (count: number): { source: string[]; target: readonly string[] }[] => {
    const drawn: { source: string[]; target: readonly string[] }[] = [];
    while (drawn.length < count) {
      const length = 3 + random.integer(6);
      const source = Array.from({ length }, () => symbols[random.integer(symbols.length)] as string);
      if (seen.has(source.join(''))) continue;
      seen.add(source.join(''));
      drawn.push({ source, target: answer(source) });
    }
    return drawn;
  };
  const [unseen, known] = [draw(400), draw(pairs)];
  const before = memory().numTensors;
  const model = build();
  const steps = epochs * Math.ceil(pairs / 64);
  const schedule = (step: number): number => {
    const fallen = Math.max(0, (step / steps - 0.3) / 0.7);
    return learningRate * Math.min(1, (step + 1) / 100) * (0.01 + 0.495 * (1 + Math.cos(Math.PI * fallen)));
  };
  await model.fit(known, {
    epochs,
    batchSize: 64,
    seed: 1,
    optimizer: adam({ learningRate: schedule }),
  });
  const { exactMatch } = await model.evaluate(unseen, { batchSize: 128 });
  model.dispose();
  expect(exactMatch).toBeGreaterThanOrEqual(0.99);
  expect(memory().numTensors).toBe(before);
}
