import { expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { useBackend } from '../../src/backend/useBackend.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { createRandom } from '../../src/core/random.js';
import { charTokenizer } from '../../src/data/tokenizers/charTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { adam } from '../../src/training/optimizers/adam.js';

const random = createRandom(11);

/** The energies of eight bands, with noise: like a telephone, a digit raises one low and one high band. */
function frame(low: number | null, high: number | null): number[] {
  return Array.from(
    { length: 8 },
    (_, band) => (band === low || band === high ? 1 : 0) + 0.2 * random.normal(),
  );
}

/** One to six digits, each two or three frames of its tone and one of silence. */
function dial(): { source: number[][]; target: string } {
  const digits = Array.from({ length: 1 + random.integer(6) }, () => random.integer(10));
  const source = digits.flatMap((digit) => {
    const tone = Array.from({ length: 2 + random.integer(2) }, () =>
      frame(digit % 4, 4 + Math.floor(digit / 4)),
    );
    return [...tone, frame(null, null)];
  });
  return { source, target: digits.join('') };
}

test('learns to hear digits in noisy tones', async () => {
  await useBackend('wasm');
  const [pairs, unheard] = [3000, 300].map((count) => Array.from({ length: count }, dial)) as [
    ReturnType<typeof dial>[],
    ReturnType<typeof dial>[],
  ];
  const model = seq2seq()
    .source({ features: 8 })
    .target({ vocab: Vocab.build([Array.from('0123456789')]), tokenizer: charTokenizer() })
    .encoder(recurrentEncoder({ units: 48, bidirectional: true }))
    .bridge(linearBridge({ activation: 'tanh' }))
    .attention(bahdanauAttention({ units: 48 }))
    .decoder(recurrentDecoder({ units: 48, embeddingSize: 16 }))
    .build({ seed: 1 });
  const [epochs, batchSize] = [10, 32];
  const steps = epochs * Math.ceil(pairs.length / batchSize);
  const learningRate = (step: number): number => 0.003 * (1 + Math.cos((Math.PI * step) / (steps + 1)));
  await model.fit(pairs, { epochs, batchSize, bucketByLength: true, optimizer: adam({ learningRate }) });
  const { exactMatch } = await model.evaluate(unheard);
  model.dispose();
  expect(exactMatch).toBeGreaterThanOrEqual(0.99);
}, 300_000);
