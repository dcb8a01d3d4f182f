import type { Attention, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import type { Block, BlockSpec } from '../contracts/block.js';
import type { JsonObject } from '../core/json.js';
import { buildBlock, type ParameterSet } from '../core/parameters.js';

/** The widths that an attention joins. */
export type AttentionSizes = Pick<AttentionWiring, 'querySize' | 'memorySize'>;

/** Where an attention adds its weights: a block's own parameters, or a layer of tfjs-layers. */
export type AttentionWeights = Pick<ParameterSet, 'add' | 'checkAlive'>;

/** What an attention computes, whoever owns its weights. */
export interface AttentionDefinition<A extends Attention = Attention> {
  /** The checked options, defaults filled in. */
  readonly config: JsonObject;
  /** As {@link AttentionSpec.order}. */
  readonly order?: 'before-cell' | 'after-cell';
  /** Width of the context. @throws `incompatible-parts` for widths that it cannot join */
  contextSize(sizes: AttentionSizes): number;
  /** Adds the weights. @throws `incompatible-parts` as {@link contextSize} */
  build(wiring: AttentionWiring, weights: AttentionWeights): Omit<A, keyof Block>;
}

/** Checks options and defines the attention that they choose; `where` stands in every message. */
export type DefineAttention<O, A extends Attention = Attention> = (
  where: string,
  options: O,
) => AttentionDefinition<A>;

/** An attention as a block, which owns its weights. */
export function attentionSpec<O, A extends Attention>(
  kind: string,
  options: O,
  define: DefineAttention<O, A>,
): BlockSpec<'attention', AttentionWiring, A> & AttentionSpec {
  const { config, order, build } = define(kind, options);
  return {
    role: 'attention',
    kind,
    config,
    ...(order && { order }),
    build: (wiring) => buildBlock(kind, wiring, (parameters) => build(wiring, parameters)) as unknown as A,
  };
}
