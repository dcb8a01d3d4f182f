import {
  adam,
  bahdanauAttention,
  collate,
  computeGradients,
  createRandom,
  linearBridge,
  passBridge,
  projectedCrossEntropy,
  realTokens,
  gatherTokens,
  recurrentDecoder,
  recurrentEncoder,
  type Batch,
  type Bridge,
  type Decoder,
  type Encoder,
  type NamedVariables,
} from '../src/index.js';
import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { ModelSizes } from './modelSizes.js';

/** An encoder-decoder and its optimizer, trained step by step: what `fit` does, without its bookkeeping. */
export interface BenchModel {
  readonly encoder: Encoder;
  readonly bridge: Bridge;
  readonly decoder: Decoder;
  readonly batch: Batch;
  parameters(): NamedVariables;
  /** One update; reads the loss. */
  step(): number;
  dispose(): void;
}

/** Builds a model of these sizes with random weights and one batch of random ids. */
export function benchModel(sizes: ModelSizes): BenchModel {
  const { vocabulary, embedding, units, layers, attention, dropout } = sizes;
  const random = createRandom(1);
  const side = { kind: 'tokens', vocabSize: vocabulary, padId: 0 } as const;
  const options = { cell: 'gru', units, layers, dropout, embeddingSize: embedding } as const;
  const encoder = recurrentEncoder({ ...options, bidirectional: attention }).build({ source: side, random });
  const decoderSpec = recurrentDecoder({
    ...options,
    input: attention ? ['previous', 'attention'] : ['previous'],
    readout: attention ? ['output', 'attention', 'previous'] : ['output'],
  });
  const bridge = (attention ? linearBridge({ activation: 'tanh' }) : passBridge()).build({
    encoder: { kind: 'recurrentEncoder', summarySize: encoder.summarySize, stateShape: encoder.stateShape },
    decoder: { kind: decoderSpec.kind, stateShape: decoderSpec.stateShape },
    random,
  });
  const decoder = decoderSpec.build({
    target: side,
    memorySize: encoder.memorySize,
    summarySize: bridge.summarySize,
    attention: attention
      ? { spec: bahdanauAttention({ units }), placement: { order: 'before-cell', inputFeeding: false } }
      : null,
    random,
  });
  const batch = randomBatch(sizes);
  const blocks = { encoder, bridge, decoder };
  const parameters = (): NamedVariables =>
    Object.fromEntries(
      Object.entries(blocks).flatMap(([part, block]) =>
        Object.entries(block.parameters()).map(([name, value]) => [`${part}.${name}`, value]),
      ),
    );
  const optimizer = adam();
  let state = optimizer.init(parameters());
  const loss = () =>
    tidy(() => {
      const context = bridge.forward(encoder.forward(batch.source, batch.sourceMask, { training: true }));
      const features = decoder.features(batch, context, null, { training: true });
      const targets = gatherTokens(
        batch.targetOutput,
        realTokens(batch.targetLengths, batch.targetOutput.shape[1] as number),
      );
      return projectedCrossEntropy({ features, targets: targets as never, ...decoder.projection() });
    });
  return {
    ...blocks,
    batch,
    parameters,
    step() {
      const { loss: value, gradients } = computeGradients(loss, parameters());
      state = optimizer.update(parameters(), gradients, state);
      dispose(gradients);
      const [number] = value.dataSync();
      value.dispose();
      return number as number;
    },
    dispose() {
      dispose(state.slots as never);
      for (const block of Object.values(blocks)) block.dispose();
      batch.dispose();
    },
  };
}

/** A batch of random ids without padding. */
export function randomBatch({ vocabulary, batch, length }: ModelSizes): Batch {
  const random = createRandom(2);
  const ids = (): number[] => Array.from({ length: length - 2 }, () => 4 + random.integer(vocabulary - 4));
  return collate(Array.from({ length: batch }, () => ({ source: ids(), target: ids() })));
}
