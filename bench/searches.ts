import { dispose, tidy, zeros, type Tensor1D } from '@tensorflow/tfjs-core';
import { beamSearch } from '../src/decoding/beamSearch.js';
import { greedySearch } from '../src/decoding/greedySearch.js';
import { sampleSearch, type SampleOptions } from '../src/decoding/sampleSearch.js';
import { benchModel, randomBatch, type BenchModel } from './model.js';
import { modelSizes, type ModelSizes } from './modelSizes.js';

/** What every search writes. */
export const TOKENS = 20;
export const BEAM_WIDTH = 5;

const sizes = modelSizes['gru2'] as ModelSizes;

/** A decoder of the `gru2` sizes, whose sources are encoded: all that is left to do is to write. */
export interface Searches {
  readonly greedy: () => Promise<unknown>;
  readonly beam: () => Promise<unknown>;
  sample(options: SampleOptions): () => Promise<unknown>;
  /** The model's own work: as many steps as a search takes, of one row a sentence. */
  readonly steps: () => Promise<void>;
  dispose(): void;
}

/** The model that searches share. */
export function searchModel(): BenchModel {
  return benchModel({ ...sizes, batch: 1 });
}

/** Encodes so many random sentences. */
export function startSearches({ encoder, bridge, decoder }: BenchModel, sentences: number): Searches {
  const batch = randomBatch({ ...sizes, batch: sentences });
  const { state, constants } = tidy(
    () => decoder.start(bridge.forward(encoder.forward(batch.source, batch.sourceMask))) as never,
  ) as { state: never; constants: never };
  batch.dispose();
  // An untrained model never ends a sentence on purpose: the end token is one of ten thousand equals.
  const setup = { constants, batchSize: sentences, sosId: 1, eosId: 2, maxLength: TOKENS };
  return {
    greedy: () => greedySearch(decoder.step, state, setup),
    beam: () => beamSearch(decoder.step, state, { ...setup, width: BEAM_WIDTH }),
    sample: (options) => () => sampleSearch(decoder.step, state, { ...setup, ...options }),
    async steps() {
      const last = zeros([sentences], 'int32') as Tensor1D;
      let current = state;
      for (let position = 0; position < TOKENS; position++) {
        const { logits, state: next } = decoder.step(last, current, position, constants);
        logits.dispose();
        if (current !== state) dispose(current);
        current = next as never;
      }
      dispose([last, current]);
    },
    dispose: () => dispose([state, constants]),
  };
}
