import { tensor, variable, type Variable } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError } from './errors.js';
import type { Random } from './random.js';

/** Trainable variables by name; names follow PyTorch's `state_dict`. */
export type NamedVariables = { readonly [name: string]: Variable };

/** Fills a new parameter: it is called once per element, in row-major order. */
export type Initializer = () => number;

/**
 * U(-bound, bound): PyTorch's default for recurrent (bound 1/√units) and linear layers (bound 1/√inputs).
 *
 * @example
 * ```ts
 * import { createRandom, uniformInitializer } from 'tfjs-seq2seq';
 *
 * const draw = uniformInitializer(createRandom(1), 0.1);
 * console.log(Math.abs(draw()) <= 0.1); // true
 * ```
 */
export function uniformInitializer(random: Random, bound: number): Initializer {
  return () => (2 * random.next() - 1) * bound;
}

/**
 * N(0, deviation²): PyTorch's default for embeddings has deviation 1.
 *
 * @example
 * ```ts
 * import { createRandom, normalInitializer } from 'tfjs-seq2seq';
 *
 * const draw = normalInitializer(createRandom(1), 0.02);
 * console.log(draw(), draw());
 * ```
 */
export function normalInitializer(random: Random, deviation: number): Initializer {
  return () => random.normal() * deviation;
}

/**
 * The same number everywhere.
 *
 * @example
 * ```ts
 * import { constantInitializer } from 'tfjs-seq2seq';
 *
 * console.log(constantInitializer(1)()); // 1
 * ```
 */
export function constantInitializer(value: number): Initializer {
  return () => value;
}

/** The variables that one block owns. The block is done with them after {@link ParameterSet.dispose}. */
export interface ParameterSet {
  /** Makes a variable; its name must be new to this set. @throws `disposed` after `dispose()` */
  add<V extends Variable = Variable>(name: string, shape: readonly number[], initialize: Initializer): V;
  /**
   * Takes over a block that is a part of this one. Its variables join the set as `prefix.…`, after the
   * block's own. It is disposed of with the set.
   *
   * @returns the same block
   * @throws `invalid-input` for a prefix that is taken; the part then stays the caller's
   */
  adopt<
    B extends {
      /** All variables of the part. */
      parameters(): NamedVariables;
      /** Frees them. */
      dispose(): void;
    },
  >(
    prefix: string,
    part: B,
  ): B;
  /** All variables, in the order they were added. @throws `disposed` after `dispose()` */
  all(): NamedVariables;
  /** Refuses to go on with a block that was freed. @throws `disposed` after `dispose()` */
  checkAlive(): void;
  /** Frees every variable; a second call does nothing. */
  dispose(): void;
}

/** What owns variables, as every built block does. */
type Owner = { parameters(): NamedVariables; dispose(): void };

/** How many numbers parameters may still hold in total. A block takes its share before it allocates. */
export interface ParameterBudget {
  /** @throws `corrupt-file` where less is left than `numbers` */
  spend(owner: string, numbers: number): void;
}

/**
 * A limit on the numbers that parameters hold in total. Without it, a damaged or hostile file could claim
 * more memory than it has weights for.
 */
export function createParameterBudget(numbers: number): ParameterBudget {
  let left = numbers;
  return {
    spend(owner, wanted) {
      left -= wanted;
      if (left >= 0) return;
      const expected = 'a structure that fits the weights of the file';
      throw mismatch('corrupt-file', { where: owner, expected, received: `${-left} numbers too many` });
    },
  };
}

/**
 * Opens an empty set of parameters.
 *
 * @param owner the block's name, for messages
 * @param wiring what the block is built with. While a model is loaded it holds the budget that the file's
 * weights set
 *
 * @example
 * ```ts
 * import { createParameters, createRandom, uniformInitializer } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const parameters = createParameters('myBlock');
 * const weight = parameters.add('weight', [2, 3], uniformInitializer(createRandom(1), 0.5));
 * console.log(weight.shape, Object.keys(parameters.all())); // [2, 3] ['weight']
 * parameters.dispose();
 * ```
 */
export function createParameters(
  owner: string,
  { budget }: { readonly budget?: ParameterBudget | undefined } = {},
): ParameterSet {
  const variables = new Map<string, Variable>();
  const parts = new Map<string, Owner>();
  let disposed = false;

  /** A name is taken by itself, and by the prefix of a part. */
  const checkNew = (name: string, isTaken: boolean): void => {
    if (!isTaken && ![...parts.keys()].some((prefix) => `${name}.`.startsWith(`${prefix}.`))) return;
    throw mismatch('invalid-input', {
      where: owner,
      expected: 'parameter names to be unique',
      received: name,
    });
  };

  const parameters: ParameterSet = {
    add<V extends Variable>(name: string, shape: readonly number[], initialize: Initializer): V {
      parameters.checkAlive();
      checkNew(name, variables.has(name));
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      try {
        budget?.spend(owner, size);
      } catch (error) {
        parameters.dispose(); // a block that cannot have all its parameters is never built
        throw error;
      }
      const values = new Float32Array(size);
      for (let i = 0; i < values.length; i++) values[i] = initialize();
      const initial = tensor(values, [...shape], 'float32');
      const created = variable(initial);
      initial.dispose();
      variables.set(name, created);
      return created as V;
    },
    adopt(prefix, part) {
      parameters.checkAlive();
      const taken = [...variables.keys(), ...parts.keys()];
      checkNew(
        prefix,
        taken.some((name) => name.startsWith(`${prefix}.`)),
      );
      parts.set(prefix, part);
      return part;
    },
    all() {
      parameters.checkAlive();
      const ofParts = [...parts].map(([prefix, part]) => prefixed(prefix, part.parameters()));
      return Object.assign(Object.fromEntries(variables), ...ofParts) as NamedVariables;
    },
    checkAlive() {
      if (disposed)
        throw new Seq2SeqError('disposed', `${owner}: was used after dispose(). Build or load it again.`);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const owned of variables.values()) owned.dispose();
      for (const part of parts.values()) part.dispose();
    },
  };
  return parameters;
}

/**
 * Builds a block around its own parameters. If `build` throws, what it has made so far is freed.
 *
 * @param owner the block's name, for messages
 * @param wiring what the block is built with
 * @param build adds the parameters and returns what the block does
 */
export function buildBlock<B extends object>(
  owner: string,
  wiring: { readonly budget?: ParameterBudget | undefined },
  build: (parameters: ParameterSet) => B,
): B & Owner {
  const parameters = createParameters(owner, wiring);
  try {
    return { ...build(parameters), parameters: parameters.all, dispose: parameters.dispose };
  } catch (error) {
    parameters.dispose();
    throw error;
  }
}

/** Puts `prefix.` before every name: how a block shows the parameters of its parts. */
function prefixed(prefix: string, parameters: NamedVariables): NamedVariables {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${prefix}.${name}`, value]));
}
