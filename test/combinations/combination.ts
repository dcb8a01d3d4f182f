import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { scaledDotProductAttention } from '../../src/attention/scaledDotProductAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { passBridge } from '../../src/bridges/passBridge.js';
import { zeroBridge } from '../../src/bridges/zeroBridge.js';
import { seq2seq, type Seq2SeqBuilder } from '../../src/builder/seq2seq.js';
import type { AttentionSpec } from '../../src/contracts/attention.js';
import type { BridgeSpec } from '../../src/contracts/bridge.js';
import type { AttentionPlacement, DecoderSpec } from '../../src/contracts/decoder.js';
import type { EncoderSpec } from '../../src/contracts/encoder.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import type { TextSide } from '../../src/model/modelParts.js';

/**
 * Every choice that decides whether parts fit, and its values. The tests and the guide's tables come from
 * here alone.
 */
export const axes = {
  encoder: ['rnn', 'gru', 'lstm', 'convolutional', 'transformer'],
  encoderLayers: [1, 2],
  /**
   * Recurrent: bidirectional. Convolutional: ReLU and learned positions. Transformer: post-norm and learned
   * positions.
   */
  encoderVariant: [false, true],
  bridge: ['passBridge', 'zeroBridge', 'linearBridge', 'linearBridge, shared'],
  attention: [
    'none',
    'bahdanau',
    'luong dot',
    'luong general',
    'luong concat',
    'scaled dot product',
    'multi-head',
  ],
  placement: ['none', 'before', 'after', 'after, feeding', 'before, feeding'],
  decoder: ['rnn', 'gru', 'lstm', 'transformer'],
  decoderLayers: [1, 2],
  input: [null, ['previous'], ['previous', 'summary'], [], ['previous', 'attention']],
  readout: [null, ['output'], ['previous'], ['output', 'summary'], ['output', 'attention']],
  tied: [false, true],
  dropout: [0, 0.1],
} as const;

/** One value of every axis. */
export type Combination = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

type AttentionRow = readonly [call: string, make: (dropout: number) => AttentionSpec];

/** How the guide calls each attention, and what makes it. */
export const attentions: Readonly<Record<Exclude<Combination['attention'], 'none'>, AttentionRow>> = {
  bahdanau: ['bahdanauAttention()', () => bahdanauAttention()],
  'luong dot': ["luongAttention({ score: 'dot' })", () => luongAttention({ score: 'dot' })],
  'luong general': ["luongAttention({ score: 'general' })", () => luongAttention({ score: 'general' })],
  'luong concat': ["luongAttention({ score: 'concat' })", () => luongAttention({ score: 'concat' })],
  'scaled dot product': ['scaledDotProductAttention()', () => scaledDotProductAttention()],
  'multi-head': ['multiHeadAttention()', (dropout) => multiHeadAttention({ heads: 2, dropout })],
};

type Kinds = Readonly<Record<'encoder' | 'bridge' | 'attention' | 'decoder', string>>;

/** By the values that they depend on: they are asked for at every one of many thousand combinations. */
const knownKinds = new Map<string, Kinds>();

/** The public names of the parts. */
export function kindsOf(combination: Combination): Kinds {
  const key = `${combination.encoder}, ${combination.bridge}, ${combination.attention}, ${combination.decoder}`;
  let kinds = knownKinds.get(key);
  if (kinds === undefined) {
    const { encoder, bridge, attention, decoder } = specsOf(combination, 4);
    const spec = attention?.spec.kind ?? 'attention';
    kinds = { encoder: encoder.kind, bridge: bridge.kind, attention: spec, decoder: decoder.kind };
    knownKinds.set(key, kinds);
  }
  return kinds;
}

/** A builder with all parts, every one `units` wide. */
export function builderOf(combination: Combination, side: TextSide, units: number): Seq2SeqBuilder<never> {
  const { encoder, bridge, attention, decoder } = specsOf(combination, units);
  const builder = seq2seq().source(side).target(side).encoder(encoder).bridge(bridge).decoder(decoder);
  return attention === null ? builder : builder.attention(attention.spec, attention.placement);
}

interface Specs {
  readonly encoder: EncoderSpec;
  readonly bridge: BridgeSpec;
  readonly attention: { readonly spec: AttentionSpec; readonly placement: AttentionPlacement } | null;
  readonly decoder: DecoderSpec;
}

function specsOf(combination: Combination, units: number): Specs {
  return {
    encoder: encoderOf(combination, units),
    bridge: bridges[combination.bridge],
    attention: attentionOf(combination),
    decoder: decoderOf(combination, units),
  };
}

function encoderOf(
  { encoder, encoderLayers: layers, encoderVariant: variant, dropout }: Combination,
  units: number,
): EncoderSpec {
  if (encoder === 'convolutional') {
    const positions = variant ? ({ activation: 'relu', positions: 'learned', maxLength: 16 } as const) : {};
    return convolutionalEncoder({ units, layers, dropout, ...positions });
  }
  if (encoder === 'transformer') {
    const post = variant ? ({ norm: 'post', positions: 'learned', maxLength: 16 } as const) : {};
    return transformerEncoder({ width: units, heads: 2, feedForward: 2 * units, layers, dropout, ...post });
  }
  return recurrentEncoder({ cell: encoder, units, layers, bidirectional: variant, dropout });
}

const bridges: Readonly<Record<Combination['bridge'], BridgeSpec>> = {
  passBridge: passBridge(),
  zeroBridge: zeroBridge(),
  linearBridge: linearBridge(),
  'linearBridge, shared': linearBridge({ shared: true, activation: 'linear' }),
};

function attentionOf({ attention, placement, dropout }: Combination): Specs['attention'] {
  if (attention === 'none') return null;
  const [, make] = attentions[attention];
  const order = placement.startsWith('before') ? 'before-cell' : 'after-cell';
  return { spec: make(dropout), placement: { order, inputFeeding: placement.endsWith('feeding') } };
}

function decoderOf(
  { decoder, decoderLayers: layers, input, readout, tied: tieEmbeddings, dropout }: Combination,
  units: number,
): DecoderSpec {
  if (decoder === 'transformer')
    return transformerDecoder({
      width: units,
      heads: 2,
      feedForward: 2 * units,
      layers,
      tieEmbeddings,
      dropout,
    });
  return recurrentDecoder({
    cell: decoder,
    units,
    layers,
    tieEmbeddings,
    dropout,
    ...(input === null ? {} : { input }),
    ...(readout === null ? {} : { readout }),
  });
}
