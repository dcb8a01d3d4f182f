import { tensor, variable, type Variable } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError } from './errors.js';
import type { Random } from './random.js';

/** Trainable variables by name; names follow PyTorch's `state_dict`. */
export type NamedVariables = { readonly [name: string]: Variable };

/** Fills a new parameter: called once per element, in row-major order. */
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
  /** Makes a variable; its name must be new to this set. */
  add<V extends Variable = Variable>(name: string, shape: readonly number[], initialize: Initializer): V;
  /** All variables, in the order they were added. @throws `disposed` after `dispose()` */
  all(): NamedVariables;
  /** Frees every variable; a second call does nothing. */
  dispose(): void;
}

/**
 * Opens an empty set of parameters.
 *
 * @param owner the block's name, for messages
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
export function createParameters(owner: string): ParameterSet {
  const variables = new Map<string, Variable>();
  let disposed = false;
  return {
    add<V extends Variable>(name: string, shape: readonly number[], initialize: Initializer): V {
      if (variables.has(name)) {
        throw mismatch('invalid-input', {
          where: owner,
          expected: 'parameter names to be unique',
          received: name,
        });
      }
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      try {
        spend(owner, size);
      } catch (error) {
        this.dispose(); // a block that cannot have all its parameters is never built
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
    all() {
      if (disposed)
        throw new Seq2SeqError('disposed', `${owner}: was used after dispose(). Build or load it again.`);
      return Object.fromEntries(variables);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const owned of variables.values()) owned.dispose();
    },
  };
}

let budget = Infinity;

/**
 * Runs `build` with a limit on the numbers that its parameters may hold in total, so that a damaged or hostile file
 * cannot claim more memory than it has weights for.
 *
 * @throws `corrupt-file` where `build` wants more
 */
export function withParameterBudget<T>(numbers: number, build: () => T): T {
  const outer = budget;
  budget = numbers;
  try {
    return build();
  } finally {
    budget = outer;
  }
}

function spend(owner: string, numbers: number): void {
  budget -= numbers;
  if (budget >= 0) return;
  const expected = 'a structure that fits the weights of the file';
  throw mismatch('corrupt-file', { where: owner, expected, received: `${-budget} numbers too many` });
}

/** Puts `prefix.` before every name: how a block shows the parameters of its parts. */
export function prefixed(prefix: string, parameters: NamedVariables): NamedVariables {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${prefix}.${name}`, value]));
}
