import { cast, ones, tidy, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { boolean } from '../core/options.js';
import { checkMemory, checkQueries } from '../modules/checkMemory.js';
import { inputShapes, Seq2SeqLayer, type Seq2SeqLayerArgs, type Shape } from './seq2seqLayer.js';

/** Options of every attention layer. */
export interface AttentionLayerArgs extends Seq2SeqLayerArgs {
  /** Whether the weights are a second output. Default false. */
  readonly returnWeights?: boolean;
}

/** What an attention layer looks at. */
export interface AttentionInputs {
  /** `[batch, queries, querySize]` */
  readonly queries: Tensor3D;
  /** `[batch, sourceTime, memorySize]` */
  readonly memory: Tensor3D;
  /** `[batch, sourceTime]` float32, 1 = may be attended */
  readonly mask: Tensor2D;
}

const INPUTS = '[query, memory] or [query, memory, memoryMask]';

/** An attention as a tfjs-layers layer with the inputs `[query, memory, memoryMask?]`. */
export abstract class AttentionLayer extends Seq2SeqLayer {
  protected readonly returnWeights: boolean;
  protected querySize = 0;
  protected memorySize = 0;

  protected constructor(
    protected readonly where: string,
    args: AttentionLayerArgs,
    options: readonly string[],
  ) {
    super(where, args, ['returnWeights', ...options]);
    this.returnWeights = boolean(where, 'returnWeights', args.returnWeights ?? false);
  }

  protected override get outputs(): number {
    return this.returnWeights ? 2 : 1;
  }

  /** Width of the context, once the sizes of the inputs are known. */
  protected abstract contextSize(querySize: number, memorySize: number): number;

  /** Makes the weights for `querySize` and `memorySize`. */
  protected abstract addParameters(): void;

  /** @returns context `[batch, queries, contextSize]` and weights `[batch, queries, sourceTime]` */
  protected abstract attend(
    inputs: AttentionInputs,
    training: boolean,
  ): { context: Tensor3D; weights: Tensor3D };

  override build(inputShape: Shape | Shape[]): void {
    const [query, memory] = this.sizes(inputShape);
    [this.querySize, this.memorySize] = [query, memory];
    this.addParameters();
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [querySize, memorySize] = this.sizes(inputShape);
    const [query, memory] = inputShape as [Shape, Shape];
    const [batch, queries] = query as [number | null, number | null];
    const context = [batch, queries, this.contextSize(querySize, memorySize)];
    return this.returnWeights ? [context, [batch, queries, memory[1] as number | null]] : context;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
    const [queries, memory, mask] = inputs as [Tensor3D, Tensor3D, Tensor2D?];
    return tidy(() => {
      const [batch, time] = memory.shape;
      const allowed = mask === undefined ? ones<Tensor2D['rankType']>([batch, time]) : cast(mask, 'float32');
      checkMemory(this.where, memory, allowed, this.memorySize);
      checkQueries(this.where, queries, batch, this.querySize);
      const { context, weights } = this.attend(
        { queries, memory, mask: allowed },
        kwargs['training'] === true,
      );
      return this.returnWeights ? [context, weights] : context;
    });
  }

  protected override options(): Record<string, boolean | number | string> {
    return { returnWeights: this.returnWeights };
  }

  private sizes(inputShape: Shape | Shape[]): [querySize: number, memorySize: number] {
    const [query, memory] = inputShapes(this.where, inputShape, 2, 3, INPUTS) as [Shape, Shape];
    const [querySize, memorySize] = [query[2], memory[2]];
    if (
      query.length === 3 &&
      memory.length === 3 &&
      typeof querySize === 'number' &&
      typeof memorySize === 'number'
    )
      return [querySize, memorySize];
    throw mismatch('invalid-shape', {
      where: this.where,
      expected:
        'query [batch, queries, querySize] and memory [batch, sourceTime, memorySize], both sizes known',
      received: [query, memory],
    });
  }
}
