import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Block, BlockSpec, BlockWiring, ForwardOptions } from './block.js';
import type { Context, StateShape } from './context.js';

/** What one side of a model is made of: ids of a vocabulary, or frames of floats. */
export type SequenceKind =
  | { readonly kind: 'tokens'; readonly vocabSize: number; readonly padId: number }
  | { readonly kind: 'frames'; readonly features: number };

/** What follows from an encoder's neighbours. */
export interface EncoderWiring extends BlockWiring {
  /** What it reads. */
  readonly source: SequenceKind;
}

/** How an encoder reads. */
export interface EncodeOptions extends ForwardOptions {
  /**
   * The real positions of each row, `[batch]`, where they are known on the CPU. All padding must then be at
   * the ends of the rows. A recurrent encoder leaves it out of its products; others read the mask alone.
   * Default: unknown.
   */
  readonly lengths?: Int32Array;
}

/** Reads a source and writes a {@link Context}. */
export interface Encoder extends Block {
  /** Width of `Context.memory`. */
  readonly memorySize: number;
  /** Width of `Context.summary`. */
  readonly summarySize: number;
  /** The form of `Context.state`, or `null` where there is none. */
  readonly stateShape: StateShape | null;
  /**
   * Encodes a batch.
   *
   * @param source ids `[batch, time]` int32 or frames `[batch, time, features]` float32
   * @param mask `[batch, time]` float32, 1 = real, 0 = padding
   * @returns tensors that the caller owns
   */
  forward(source: Tensor, mask: Tensor2D, options?: EncodeOptions): Context;
}

/** An encoder that is described but not yet built. */
export interface EncoderSpec extends BlockSpec<'encoder', EncoderWiring, Encoder> {
  /** The most positions that it can read, such as those of a learned table. Default: any number. */
  readonly maxPositions?: number | undefined;
}
