import type { JsonObject } from '../core/json.js';
import type { NamedVariables, ParameterBudget } from '../core/parameters.js';
import type { Random } from '../core/random.js';

/** What every built block can do besides its work. */
export interface Block {
  /** The block's own variables by their PyTorch-like name. @throws `disposed` after `dispose()` */
  parameters(): NamedVariables;
  /** Frees the variables; a second call does nothing. */
  dispose(): void;
}

/** A built block without its variables: what `buildBlock` completes. */
export type Unowned<Built extends Block> = Omit<Built, keyof Block>;

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

/** What every block needs to be built. */
export interface BlockWiring {
  /** Draws the initial weights, then the dropout masks. */
  readonly random: Random;
  /**
   * How many numbers the parameters may hold while a model is loaded. Hand it on to `createParameters` and to
   * the wiring of parts. Default: no limit.
   */
  readonly budget?: ParameterBudget | undefined;
}

/** How a forward pass runs. */
export interface ForwardOptions {
  /** Whether dropout is on. Default false. */
  readonly training?: boolean;
}
