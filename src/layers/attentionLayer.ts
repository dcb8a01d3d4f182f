import { cast, ones, tidy, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type {
  AttentionDefinition,
  AttentionSizes,
  DefineAttention,
} from '../attention/attentionDefinition.js';
import type { Attention } from '../contracts/attention.js';
import type { Block } from '../contracts/block.js';
import { mismatch } from '../core/errors.js';
import { boolean, unchecked } from '../core/options.js';
import { checkMemory } from '../modules/checkMemory.js';
import { inputShapes, Seq2SeqLayer, type Seq2SeqLayerArgs, type Shape } from './seq2seqLayer.js';

/** Options of every attention layer. */
export interface AttentionLayerArgs extends Seq2SeqLayerArgs {
  /** Whether the weights are a second output. Default false. */
  readonly returnWeights?: boolean;
}

type ReturnWeights = Required<Pick<AttentionLayerArgs, 'returnWeights'>>;

const INPUTS = '[query, memory] or [query, memory, memoryMask]';

/**
 * An attention of `src/attention` as a tfjs-layers layer with the inputs `[query, memory, memoryMask?]`. Its
 * weights are made as weights of this layer, and are otherwise the block's.
 */
export abstract class AttentionLayer<O extends object = object> extends Seq2SeqLayer<ReturnWeights> {
  private readonly definition: AttentionDefinition;
  private attention: Omit<Attention, keyof Block> | null = null;
  private memorySize = 0;

  /** @param optionNames the options that `define` reads */
  protected constructor(
    private readonly where: string,
    args: AttentionLayerArgs & O,
    optionNames: readonly (keyof O & string)[],
    define: DefineAttention<O>,
  ) {
    const ofAttention = Object.fromEntries(
      optionNames.map((name) => [name, [unchecked, undefined] as const]),
    );
    super(where, args, { returnWeights: [boolean, false], ...ofAttention });
    const { returnWeights: _, ...options } = this.settings;
    this.definition = define(where, options as O);
  }

  protected override get outputs(): number {
    return this.settings.returnWeights ? 2 : 1;
  }

  override build(inputShape: Shape | Shape[]): void {
    const sizes = this.sizes(inputShape);
    this.attention = this.definition.build({ ...sizes, random: this.random }, this.parameters);
    this.memorySize = sizes.memorySize;
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const contextSize = this.definition.contextSize(this.sizes(inputShape));
    const [query, memory] = inputShape as [Shape, Shape];
    const [batch, queries] = query as [number | null, number | null];
    const context = [batch, queries, contextSize];
    return this.settings.returnWeights ? [context, [batch, queries, memory[1] as number | null]] : context;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
    const [queries, memory, mask] = inputs as [Tensor3D, Tensor3D, Tensor2D?];
    const attention = this.attention as Attention;
    return tidy(() => {
      const [batch, time] = memory.shape;
      const allowed = mask === undefined ? ones<Tensor2D['rankType']>([batch, time]) : cast(mask, 'float32');
      // Some blocks take a mask for each query as well; this refuses it.
      checkMemory(this.where, memory, allowed, this.memorySize);
      const prepared = attention.prepare(memory, allowed);
      const training = kwargs['training'] === true;
      const { context, weights } = attention.attend(queries, prepared, { training });
      return this.settings.returnWeights ? [context, weights] : context;
    });
  }

  protected override get savedOptions(): object {
    return { returnWeights: this.settings.returnWeights, ...this.definition.config };
  }

  private sizes(inputShape: Shape | Shape[]): AttentionSizes {
    const [query, memory] = inputShapes(this.where, inputShape, 2, 3, INPUTS) as [Shape, Shape];
    const [querySize, memorySize] = [query[2], memory[2]];
    if (
      query.length === 3 &&
      memory.length === 3 &&
      typeof querySize === 'number' &&
      typeof memorySize === 'number'
    )
      return { querySize, memorySize };
    throw mismatch('invalid-shape', {
      where: this.where,
      expected:
        'query [batch, queries, querySize] and memory [batch, sourceTime, memorySize], both sizes known',
      received: [query, memory],
    });
  }
}
