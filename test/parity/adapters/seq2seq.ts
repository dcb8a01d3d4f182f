import { reshape, stack, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import {
  createRandom,
  crossEntropy,
  gatherTokens,
  linearBridge,
  passBridge,
  realTokens,
  recurrentDecoder,
  recurrentEncoder,
  type Batch,
  type BridgeSpec,
  type Context,
  type DecoderSpec,
  type EncoderSpec,
} from '../../../src/index.js';
import type { Adapter, BatchName } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { rowsOf, stored, type Fixture } from '../fixture.js';
import { teacherForcedBatch } from '../teacherForcedBatch.js';

interface Config {
  readonly batch: number;
  readonly src_vocab: number;
  readonly trg_vocab: number;
  readonly emb: number;
  readonly hidden: number;
  readonly pad: number;
  readonly layers?: number;
}

interface Specs {
  readonly encoder: EncoderSpec;
  readonly bridge: BridgeSpec;
  readonly decoder: DecoderSpec;
}

/** The parts of each architecture, by the start of the case's name. */
const ARCHITECTURES: Readonly<Record<string, (config: Config) => Specs>> = {
  seq2seq_gru2: ({ emb, hidden, layers = 2 }) => ({
    encoder: recurrentEncoder({ cell: 'gru', units: hidden, layers, embeddingSize: emb }),
    bridge: passBridge(),
    decoder: recurrentDecoder({ cell: 'gru', units: hidden, layers, embeddingSize: emb }),
  }),
  seq2seq_bilstm_bridge: ({ emb, hidden }) => ({
    encoder: recurrentEncoder({ cell: 'lstm', units: hidden, embeddingSize: emb, bidirectional: true }),
    bridge: linearBridge({ activation: 'linear', shared: true }),
    decoder: recurrentDecoder({
      cell: 'lstm',
      units: hidden,
      embeddingSize: emb,
      input: ['previous', 'summary'],
      readout: ['output', 'previous', 'summary'],
    }),
  }),
};

export const seq2seq: Adapter = (fixture) => {
  const architecture = Object.keys(ARCHITECTURES).find((name) => fixture.name.startsWith(name));
  if (architecture === undefined) return null;
  const config = fixture.config as unknown as Config;
  const { encoder, bridge, decoder } = buildBlocks(config, ARCHITECTURES[architecture]?.(config) as Specs);
  const parameters = {
    ...renamed('encoder', encoder.parameters()),
    ...renamed('encoder', bridge.parameters()), // PyTorch's model has it inside the encoder
    ...renamed('decoder', decoder.parameters()),
  };
  assignParameters(fixture, parameters);

  const whole = batchOf(fixture, 'in', false);
  const batches = new Map<BatchName, Batch>();
  for (const name of ['in', 'batch1', 'batch2'] as const) {
    if (fixture.stored.has(`${name}.trg`)) batches.set(name, batchOf(fixture, name, true));
  }
  const time = whole.targetInput.shape[1] as number;
  const flags = fixture.stored.get('in.forced')?.data;
  const forcing =
    flags === undefined
      ? null
      : Uint8Array.from({ length: config.batch * time }, (_, i) => flags[i % time] as number);
  const bridged = (batch: Batch): { encoded: Context; context: Context } => {
    const encoded = encoder.forward(batch.source, batch.sourceMask);
    return { encoded, context: bridge.forward(encoded) };
  };
  return {
    parameters,
    inputs: {},
    outputs() {
      const { encoded, context } = bridged(whole);
      const logits = decoder.logits(decoder.features(whole, context, forcing));
      const [first] = context.state ?? [];
      return {
        logits: reshape(logits, [config.batch, time, config.trg_vocab]),
        state: stack(encoded.state?.map(({ h }) => h) ?? []),
        ...(first !== undefined && { bridge_h: first.h }),
        ...(first?.c !== undefined && { bridge_c: first.c }),
      };
    },
    loss(name) {
      const batch = batches.get(name) as Batch;
      const features = decoder.features(batch, bridged(batch).context, forcing);
      const tokens = realTokens(batch.targetLengths, batch.targetInput.shape[1] as number);
      const targets = gatherTokens<Tensor1D>(batch.targetOutput, tokens);
      return crossEntropy()({ features, ...decoder.projection(), targets }) as Scalar;
    },
    dispose: () => [encoder, bridge, decoder, whole, ...batches.values()].forEach((owned) => owned.dispose()),
  };
};

function buildBlocks(config: Config, specs: Specs) {
  const random = createRandom(1);
  const encoder = specs.encoder.build({
    source: { kind: 'tokens', vocabSize: config.src_vocab, padId: config.pad },
    random,
  });
  const bridge = specs.bridge.build({
    encoder: { kind: specs.encoder.kind, summarySize: encoder.summarySize, stateShape: encoder.stateShape },
    decoder: { kind: specs.decoder.kind, stateShape: specs.decoder.stateShape },
    random,
  });
  const decoder = specs.decoder.build({
    target: { kind: 'tokens', vocabSize: config.trg_vocab, padId: config.pad },
    memorySize: encoder.memorySize,
    summarySize: bridge.summarySize,
    attention: null,
    random,
  });
  return { encoder, bridge, decoder };
}

/** `trg` holds start and end: the decoder is fed all but the last column, and answers all but the first. */
function batchOf(fixture: Fixture, name: BatchName, skipPadding: boolean): Batch {
  const { pad } = fixture.config as unknown as Config;
  const targets = rowsOf(fixture, `${name}.trg`);
  const targetOutput = targets.map((row) => row.slice(1));
  return teacherForcedBatch({
    source: rowsOf(fixture, `${name}.src`),
    targetInput: targets.map((row) => row.slice(0, -1)),
    targetOutput,
    ...(fixture.stored.has(`${name}.src_lengths`) && {
      sourceLengths: [...stored(fixture, `${name}.src_lengths`).data],
    }),
    ...(skipPadding && { targetLengths: targetOutput.map((row) => row.filter((id) => id !== pad).length) }),
  });
}

function renamed<T>(part: string, parameters: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${part}.${name}`, value]));
}
