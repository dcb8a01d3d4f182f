import { memory, profile } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { useBackend } from '../../src/backend/useBackend.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import type { Forcing } from '../../src/contracts/decoder.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom, shuffle } from '../../src/core/random.js';
import type { Example } from '../../src/data/example.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { assemble } from '../../src/model/assemble.js';
import { exampleBatch } from '../../src/model/input/exampleBatches.js';
import { batchLoss, type ModelCore } from '../../src/model/modelCore.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { expectValues } from '../support/closeTo.js';
import { tokenizer, vocab } from '../model/tinyModel.js';

const sides = () => seq2seq().source({ vocab, tokenizer }).target({ vocab, tokenizer });
const units = 6;
const encoder = () => recurrentEncoder({ cell: 'gru', units, bidirectional: true });
const models: Record<string, () => Seq2SeqModel> = {
  'two GRU layers': () =>
    sides()
      .encoder(recurrentEncoder({ cell: 'gru', units, layers: 2 }))
      .decoder(recurrentDecoder({ cell: 'gru', units, layers: 2 }))
      .build({ seed: 1 }),
  'an LSTM that reads the summary': () =>
    sides()
      .encoder(encoder())
      .bridge(linearBridge())
      .decoder(
        recurrentDecoder({
          cell: 'lstm',
          units,
          input: ['previous', 'summary'],
          readout: ['output', 'summary', 'previous'],
        }),
      )
      .build({ seed: 1 }),
  'attention before the cell': () =>
    sides()
      .encoder(encoder())
      .bridge(linearBridge())
      .attention(bahdanauAttention({ units: 5 }))
      .decoder(recurrentDecoder({ cell: 'gru', units, readout: ['output', 'attention', 'previous'] }))
      .build({ seed: 1 }),
  'attention after the cell, fed back': () =>
    sides()
      .encoder(encoder())
      .bridge(linearBridge())
      .attention(luongAttention({ score: 'general' }), { order: 'after-cell', inputFeeding: true })
      .decoder(recurrentDecoder({ cell: 'lstm', units, layers: 2 }))
      .build({ seed: 1 }),
  'a transformer': () =>
    sides()
      .encoder(encoder())
      .decoder(transformerDecoder({ width: 6, heads: 2 }))
      .build({ seed: 1 }),
};

/** Nine pairs whose targets grow shorter and shorter. */
const random = createRandom(5);
const ids = (length: number): number[] => Array.from({ length }, () => 4 + random.integer(5));
const examples: Example[] = [9, 8, 7, 5, 4, 3, 3, 2, 1].map((length) => ({
  source: ids(1 + random.integer(6)),
  target: ids(length),
}));
const time = 10;
const teacherForcingMaskOf = examples.map(() =>
  Array.from({ length: time }, (_, t) => +(t === 0 || random.next() < 0.5)),
);
const falling = examples.map((_, row) => row);
const mixed = shuffle([...falling], createRandom(2));

describe.each(['cpu', 'wasm'] as const)('rows that leave as they end, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test.each(Object.keys(models))('%s: loss and gradients do not depend on the order of the rows', (name) => {
    const before = memory().numTensors;
    const { parts, dispose } = (models[name] as () => Seq2SeqModel)();
    dispose();
    const blocks = assemble(parts, createRandom(3));
    const core: ModelCore = { parts, blocks, isDisposed: () => false, running: { fit: false } };
    const run = (order: readonly number[], forced: boolean) => {
      const batch = exampleBatch(
        parts,
        order.map((row) => examples[row] as Example),
      );
      const teacherForcingMask: Forcing = forced
        ? null
        : Uint8Array.from(order.flatMap((row) => teacherForcingMaskOf[row] as number[]));
      const { loss, gradients } = computeGradients(
        () => batchLoss(core, batch, teacherForcingMask, crossEntropy()),
        blocks.parameters(),
      );
      const values = Object.fromEntries(
        Object.entries({ loss, ...gradients }).map(([key, tensor]) => [key, [...tensor.dataSync()]]),
      );
      disposeTensors([loss, gradients]);
      batch.dispose();
      return values;
    };
    for (const forced of [true, false]) {
      const expected = run(mixed, forced);
      for (const [key, values] of Object.entries(run(falling, forced)))
        expectValues(values, expected[key] as number[], 1e-5);
    }
    // The model's own predictions matter, or the second half would have shown nothing.
    expect(run(falling, false)['loss']).not.toEqual(run(falling, true)['loss']);
    blocks.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('fewer rows are worked on where the longest target stands first', async () => {
  await useBackend('wasm');
  const { parts, dispose } = (models['attention before the cell'] as () => Seq2SeqModel)();
  dispose();
  const blocks = assemble(parts, createRandom(3));
  const core: ModelCore = { parts, blocks, isDisposed: () => false, running: { fit: false } };
  const rowsOf = async (order: readonly number[]): Promise<number> => {
    const batch = exampleBatch(
      parts,
      order.map((row) => examples[row] as Example),
    );
    const { kernels } = await profile(() => {
      batchLoss(core, batch, null, crossEntropy()).dispose();
      return [];
    });
    batch.dispose();
    return kernels
      .filter(({ name }) => name === 'Seq2SeqAdditiveScores')
      .reduce((sum, { outputShapes }) => sum + ((outputShapes[0] as number[])[0] as number), 0);
  };
  const real = examples.reduce((sum, { target }) => sum + target.length + 1, 0);
  expect(await rowsOf([...falling].reverse())).toBe(examples.length * time);
  expect(await rowsOf(falling)).toBeGreaterThanOrEqual(real);
  expect(await rowsOf(falling)).toBeLessThan(1.25 * real);
  blocks.dispose();
});
