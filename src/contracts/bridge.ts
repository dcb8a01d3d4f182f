import type { Block, BlockSpec, BlockWiring } from './block.js';
import type { Context, StateShape } from './context.js';

/** What follows from a bridge's neighbours. */
export interface BridgeWiring extends BlockWiring {
  /** What the encoder hands over. */
  readonly encoder: {
    readonly kind: string;
    readonly summarySize: number;
    readonly stateShape: StateShape | null;
  };
  /** What the decoder starts from; `null` where it has no recurrent state. */
  readonly decoder: { readonly kind: string; readonly stateShape: StateShape | null };
}

/** Turns what the encoder ends with into what the decoder starts from. */
export interface Bridge extends Block {
  /** Width of the summary that the decoder gets. */
  readonly summarySize: number;
  /** @returns a context with the same `memory` and `mask`; only `state` and `summary` may be new tensors */
  forward(context: Context): Context;
}

/** A bridge that is described but not yet built. */
export interface BridgeSpec extends BlockSpec<'bridge', BridgeWiring, Bridge> {
  /** Whether the decoder's initial state depends on the source. Default true. */
  readonly passesState?: boolean;
}
