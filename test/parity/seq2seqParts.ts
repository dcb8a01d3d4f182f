import type { Variable } from '@tensorflow/tfjs-core';
import {
  createRandom,
  linearBridge,
  luongAttention,
  passBridge,
  recurrentDecoder,
  recurrentEncoder,
  type AttentionSpec,
  type Block,
  type Bridge,
  type BridgeSpec,
  type Decoder,
  type DecoderSpec,
  type Encoder,
  type EncoderSpec,
} from '../../src/index.js';
import { assignParameters } from './assignParameters.js';
import type { Fixture } from './fixture.js';

/** Sizes and special ids of a case. */
export interface Config {
  readonly batch: number;
  readonly src_vocab: number;
  readonly trg_vocab: number;
  readonly emb: number;
  readonly hidden: number;
  readonly pad: number;
  readonly sos: number;
  readonly eos: number;
  readonly layers?: number;
  /** Widths of encoder (a direction) and decoder, where they differ. */
  readonly enc?: number;
  readonly dec?: number;
}

interface Specs {
  readonly attention?: AttentionSpec;
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
  seq2seq_attention: ({ emb, enc = 0, dec = 0 }) => ({
    encoder: recurrentEncoder({ cell: 'gru', units: enc, embeddingSize: emb, bidirectional: true }),
    bridge: linearBridge({ activation: 'tanh', shared: true }),
    // Additive attention over the concatenation [state; memory], PyTorch's attn and v.
    attention: luongAttention({ score: 'concat', units: dec, bias: true }),
    decoder: recurrentDecoder({
      cell: 'gru',
      units: dec,
      embeddingSize: emb,
      input: ['previous', 'attention'],
      readout: ['output', 'attention', 'previous'],
    }),
  }),
};

/** The blocks of a whole model. */
export interface Seq2SeqParts {
  readonly encoder: Encoder;
  readonly bridge: Bridge;
  readonly decoder: Decoder;
  /** By PyTorch's names. */
  readonly parameters: Readonly<Record<string, Variable>>;
  dispose(): void;
}

/**
 * Builds a case's model with the stored weights.
 *
 * @param name starts with the architecture's name
 * @returns `null` for an architecture that is not known here
 */
export function seq2seqParts(fixture: Fixture, name: string): Seq2SeqParts | null {
  const architecture = Object.keys(ARCHITECTURES).find((start) => name.startsWith(start));
  if (architecture === undefined) return null;
  const config = fixture.config as unknown as Config;
  const blocks = buildBlocks(config, ARCHITECTURES[architecture]?.(config) as Specs);
  const { encoder, bridge, decoder } = blocks;
  const parameters = {
    ...renamed('encoder', encoder),
    ...renamed('encoder', bridge), // PyTorch's model has it inside the encoder
    ...renamed('decoder', decoder),
  };
  assignParameters(fixture, parameters);
  return { ...blocks, parameters, dispose: () => Object.values(blocks).forEach((block) => block.dispose()) };
}

function buildBlocks(config: Config, specs: Specs): Pick<Seq2SeqParts, 'encoder' | 'bridge' | 'decoder'> {
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
    attention:
      specs.attention === undefined
        ? null
        : { spec: specs.attention, placement: { order: 'before-cell', inputFeeding: false } },
    random,
  });
  return { encoder, bridge, decoder };
}

function renamed(part: string, block: Block): Record<string, Variable> {
  const entries = Object.entries(block.parameters());
  return Object.fromEntries(entries.map(([name, value]) => [`${part}.${name}`, value]));
}
