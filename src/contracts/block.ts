import type { JsonObject } from '../core/json.js';
import type { NamedVariables } from '../core/parameters.js';

/** What every built block can do besides its work. */
export interface Block {
  /** The block's own variables by their PyTorch-like name. @throws `disposed` after `dispose()` */
  parameters(): NamedVariables;
  /** Frees the variables; a second call does nothing. */
  dispose(): void;
}

/** A block that is described but not yet built: plain data and a way to build it. */
export interface BlockSpec<Role extends string, Wiring, Built extends Block> {
  /** The place it takes in a model. */
  readonly role: Role;
  /** The factory's name, by which a saved model finds it again. */
  readonly kind: string;
  /** Every option, defaults filled in: what the factory needs to make the same spec again. */
  readonly config: JsonObject;
  /** Makes the variables. Each call gives an independent block. */
  build(wiring: Wiring): Built;
}

/** How a forward pass runs. */
export interface ForwardOptions {
  /** Whether dropout is on. Default false. */
  readonly training?: boolean;
}
