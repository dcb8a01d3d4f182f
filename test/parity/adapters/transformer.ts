import { dispose, reshape, type Tensor1D } from '@tensorflow/tfjs-core';
import {
  createRandom,
  crossEntropy,
  gatherTokens,
  realTokens,
  sinusoidalPositions,
  transformerDecoder,
  transformerEncoder,
  type NamedVariables,
} from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { rowsOf, stored } from '../fixture.js';
import { greedyIds, type Greedy } from '../greedyIds.js';
import { maskOf } from '../mask.js';
import { teacherForcedBatch } from '../teacherForcedBatch.js';

interface Config {
  readonly batch: number;
  readonly src_vocab: number;
  readonly trg_vocab: number;
  readonly model: number;
  readonly heads: number;
  readonly ff: number;
  readonly layers: number;
  readonly norm_first: boolean;
  readonly activation: 'relu' | 'gelu';
  readonly pad: number;
  readonly sos: number;
  readonly eos: number;
}

export const transformer: Adapter = (fixture) => {
  const config = fixture.config as unknown as Config;
  const { model, heads, ff, layers, norm_first, activation, pad, batch: rows } = config;
  const norm = norm_first ? 'pre' : 'post';
  const options = { width: model, heads, feedForward: ff, layers, norm, activation, dropout: 0 } as const;
  const random = createRandom(1);
  const encoder = transformerEncoder(options).build({
    source: { kind: 'tokens', vocabSize: config.src_vocab, padId: pad },
    random,
  });
  const decoder = transformerDecoder(options).build({
    target: { kind: 'tokens', vocabSize: config.trg_vocab, padId: pad },
    memorySize: model,
    summarySize: model,
    attention: null,
    random,
  });
  const parameters = {
    ...renamed(encoder.parameters(), 'src_embedding', 'transformer.encoder'),
    ...renamed(decoder.parameters(), 'trg_embedding', 'transformer.decoder'),
  };
  assignParameters(fixture, parameters);

  const source = rowsOf(fixture, 'in.src');
  const targets = rowsOf(fixture, 'in.trg');
  const targetInput = targets.map((row) => row.slice(0, -1));
  const targetOutput = targets.map((row) => row.slice(1));
  const lengths = (ids: number[][]): number[] => ids.map((row) => row.filter((id) => id !== pad).length);
  const ids = { source, sourceLengths: lengths(source), targetInput, targetOutput };
  const batch = teacherForcedBatch({ ...ids, targetLengths: lengths(targetOutput) });
  const time = batch.targetInput.shape[1] as number;
  // The case has logits at padding too, which attend to what is real alone.
  const everywhere = teacherForcedBatch(ids);
  const greedy = fixture.json['greedy'] as Greedy | undefined;
  const inputMask = maskOf(lengths(targetInput), time);
  return {
    parameters,
    inputs: {},
    outputs() {
      const context = encoder.forward(batch.source, batch.sourceMask);
      const features = decoder.features({ ...everywhere, targetMask: inputMask }, context, null);
      const [positions] = stored(fixture, 'out.positions').shape as [number, number];
      return {
        logits: reshape(decoder.logits(features), [rows, time, config.trg_vocab]),
        positions: sinusoidalPositions(0, positions, model),
      };
    },
    ...(greedy !== undefined && {
      async numbers() {
        const context = encoder.forward(batch.source, batch.sourceMask);
        const checks = await greedyIds(decoder, context, config, greedy);
        dispose(context as never);
        return checks;
      },
    }),
    loss() {
      const features = decoder.features(batch, encoder.forward(batch.source, batch.sourceMask), null);
      const targets = gatherTokens<Tensor1D>(batch.targetOutput, realTokens(batch.targetLengths, time));
      return crossEntropy()({ features, ...decoder.projection(), targets });
    },
    dispose: () => [encoder, decoder, batch, everywhere, inputMask].forEach((owned) => owned.dispose()),
  };
};

/** The names of a PyTorch model that holds embeddings and output projection beside its `nn.Transformer`. */
function renamed(parameters: NamedVariables, embedding: string, stack: string): NamedVariables {
  const partner = (name: string): string =>
    name.startsWith('embedding.')
      ? name.replace('embedding', embedding)
      : name.startsWith('fc_out.')
        ? name.replace('fc_out', 'generator')
        : `${stack}.${name}`;
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [partner(name), value]));
}
