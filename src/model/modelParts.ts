import type { AttentionSpec } from '../contracts/attention.js';
import type { BridgeSpec } from '../contracts/bridge.js';
import type { AttentionPlacement, DecoderSpec } from '../contracts/decoder.js';
import type { EncoderSpec, SequenceKind } from '../contracts/encoder.js';
import type { Tokenizer } from '../contracts/tokenizer.js';
import type { Vocab } from '../data/vocab.js';
import type { ForcingSchedule } from '../training/teacherForcing/forcingSchedule.js';
import type { ForcingUnit } from '../training/teacherForcing/drawTeacherForcingMask.js';

/** Text on one side of a model: how it is split and numbered. */
export interface TextSide {
  /** Numbers the tokens. */
  readonly vocab: Vocab;
  /** Splits text, and joins it again. */
  readonly tokenizer: Tokenizer;
}

/** A source of text. */
export interface SourceTextSide extends TextSide {
  /** Whether sources get the start token. Default true. */
  readonly addSos?: boolean;
  /** Whether sources get the end token. Default true. */
  readonly addEos?: boolean;
}

/** One side of a model that is made of float frames. */
export interface FrameSide {
  /** Width of every frame. */
  readonly features: number;
}

/** What a model reads: text, or frames of floats. */
export type SourceSide = SourceTextSide | FrameSide;

/** What a model writes: text, or frames of floats. */
export type TargetSide = TextSide | FrameSide;

/** Everything that makes a model, before it has weights. */
export interface ModelParts<Target extends TargetSide = TextSide> {
  /** What the encoder reads. */
  readonly source: SourceSide;
  /** What the decoder writes. */
  readonly target: Target;
  /** Reads the source. */
  readonly encoder: EncoderSpec;
  /** Turns the encoder’s final state into the decoder’s first. */
  readonly bridge: BridgeSpec;
  /** How the decoder looks back at the source, and where in it that happens; `null` where it does not. */
  readonly attention: { readonly spec: AttentionSpec; readonly placement: AttentionPlacement } | null;
  /** Writes the target. */
  readonly decoder: DecoderSpec;
  /** How often training feeds the reference, and what each draw decides about. */
  readonly teacherForcing: { readonly schedule: ForcingSchedule; readonly per: ForcingUnit };
}

/** Tells frames from text. */
export function isFrameSide(side: TargetSide): side is FrameSide {
  return 'features' in side;
}

/** What a block needs to know of a side. */
export function sequenceKind(side: TargetSide): SequenceKind {
  return isFrameSide(side)
    ? { kind: 'frames', features: side.features }
    : { kind: 'tokens', vocabSize: side.vocab.size, padId: side.vocab.padId };
}
