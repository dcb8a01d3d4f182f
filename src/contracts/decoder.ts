import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { AttentionSpec } from './attention.js';
import type { Batch } from './batch.js';
import type { Block, BlockSpec, BlockWiring, ForwardOptions } from './block.js';
import type { Context, StateShape } from './context.js';
import type { SequenceKind } from './encoder.js';
import type { StepResult } from './stepFunction.js';

/** Where the attention stands in a recurrent decoder. */
export interface AttentionPlacement {
  /**
   * `before-cell`: the query is the state before the step (Bahdanau). `after-cell`: it is the cell's output
   * (Luong).
   */
  readonly order: 'before-cell' | 'after-cell';
  /** Whether the attentional vector of the last step is an input of this one (Luong et al. 2015, §3.3). */
  readonly inputFeeding: boolean;
}

/** What follows from a decoder's neighbours. */
export interface DecoderWiring extends BlockWiring {
  /** What it predicts. */
  readonly target: SequenceKind;
  /** Width of `Context.memory`. */
  readonly memorySize: number;
  /** Width of `Context.summary`, as the bridge hands it over. */
  readonly summarySize: number;
  /** How it looks back at the memory; `null` where it does not, or has an attention of its own. */
  readonly attention: { readonly spec: AttentionSpec; readonly placement: AttentionPlacement } | null;
}

/**
 * The teacher forcing mask: which tokens (or frames) of a batch are fed from the reference.
 *
 * At `row * targetTime + position` stands 1 for the reference's, or 0 for the model's own prediction.
 * Position 0 (`<sos>`, or a frame of zeros) is always the reference's. `null` feeds the reference everywhere.
 */
export type Forcing = Uint8Array | null;

/** What a decoder starts from, before the first token. */
export interface DecoderStart<S, C> {
  /** What changes from step to step; batch-first tensors. */
  readonly state: S;
  /** What stays: memory, projected keys, mask; batch-first tensors. */
  readonly constants: C;
}

/**
 * Predicts a target: one token (or frame) at a time, or a whole batch in one pass. Where the target is
 * frames, its logits are `features + 1` numbers: the next frame, then the logit of its being the last.
 */
export interface Decoder<S = unknown, C = unknown> extends Block {
  /** Width of the vectors that the output projection reads. */
  readonly featureSize: number;
  /**
   * What stands before the first token.
   *
   * @param context the encoder's, after the bridge
   */
  start(context: Context): DecoderStart<S, C>;
  /** One token, `[rows]` int32, or frame, `[rows, features]`; see `StepFunction`. */
  step(last: Tensor1D | Tensor2D, state: S, position: number, constants: C): StepResult<S>;
  /**
   * The features of every real target position (`batch.targetLengths`), sentence by sentence, differentiable.
   *
   * @returns `[tokens, featureSize]`
   */
  features(batch: Batch, context: Context, teacherForcingMask: Forcing, options?: ForwardOptions): Tensor2D;
  /** Projects features `[rows, featureSize]` onto the vocabulary: `[rows, vocabulary]`. */
  logits(features: Tensor2D): Tensor2D;
  /**
   * The output projection's own tensors: `weight` `[vocabulary, featureSize]` and `bias` `[vocabulary]`. A
   * loss may take them, and never hold the logits of all tokens at once.
   */
  projection(): { readonly weight: Tensor2D; readonly bias: Tensor1D };
}

/** A decoder that is described but not yet built. */
export interface DecoderSpec extends BlockSpec<'decoder', DecoderWiring, Decoder> {
  /** The recurrent state it starts from, or `null` where it has none: what the bridge must produce. */
  readonly stateShape: StateShape | null;
  /**
   * Which parts of the context it reads, besides its initial state and an attention. A model whose decoder
   * would never see the source is refused. Default: all.
   */
  readonly reads?: readonly ('memory' | 'summary')[];
  /**
   * The most steps that it can take, such as the positions of a learned table. A search over tokens ends
   * there. Default: any number.
   */
  readonly maxPositions?: number | undefined;
}
