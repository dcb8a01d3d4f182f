// From the first import to the end of the first training step. Bundled to plain JavaScript without its
// packages, so that what loads here is what a user's program loads.
import { answerQuestions } from '../childProcess.js';
import type { LayersModel } from '../layersModel.js';
import { now } from '../measure.js';
import type { ModelSizes } from '../modelSizes.js';

/** Milliseconds since the start. */
export interface StartupTimes {
  readonly imported: number;
  readonly built: number;
  readonly stepped: number;
}

/** Small, so that starting is what takes the time. */
const sizes: ModelSizes = {
  vocabulary: 1000,
  embedding: 64,
  units: 64,
  layers: 1,
  attention: false,
  batch: 16,
  length: 8,
  dropout: 0,
};

answerQuestions((who) => (who === 'tfjs-layers' ? startLayers() : startLibrary()));

async function startLibrary(): Promise<StartupTimes> {
  const start = now();
  const {
    createRandom,
    passBridge,
    recurrentDecoder,
    recurrentEncoder,
    seq2seq,
    Vocab,
    whitespaceTokenizer,
  } = await import('tfjs-seq2seq');
  const { useBackend } = await import('tfjs-seq2seq/backend');
  await useBackend('wasm');
  const imported = now() - start;
  const { vocabulary, embedding, units, batch, length } = sizes;
  const words = Array.from({ length: vocabulary - 4 }, (_, i) => `w${i}`);
  const side = { vocab: Vocab.build([words]), tokenizer: whitespaceTokenizer() };
  const options = { cell: 'gru', units, embeddingSize: embedding } as const;
  const model = seq2seq()
    .source(side)
    .target(side)
    .encoder(recurrentEncoder(options))
    .bridge(passBridge())
    .decoder(recurrentDecoder(options))
    .build({ seed: 1 });
  const random = createRandom(2);
  const sentence = (): string =>
    Array.from({ length: length - 2 }, () => words[random.integer(words.length)]).join(' ');
  const pairs = Array.from({ length: batch }, () => ({ source: sentence(), target: sentence() }));
  const built = now() - start;
  await model.fit(pairs, { epochs: 1, batchSize: batch });
  return { imported, built, stepped: now() - start };
}

async function startLayers(): Promise<StartupTimes> {
  const start = now();
  const { layersModel } = await import('../layersModel.js');
  const { plainSegmentSum } = await import('../../src/backend/wasm/plainSegmentSum.js');
  await import('@tensorflow/tfjs-backend-wasm');
  const { registerKernel, setBackend } = await import('@tensorflow/tfjs-core');
  await setBackend('wasm');
  registerKernel(plainSegmentSum);
  const imported = now() - start;
  const model: LayersModel = layersModel(sizes);
  const built = now() - start;
  model.step();
  return { imported, built, stepped: now() - start };
}
