import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Fixture } from './fixture.js';

/** Which batch of a training run: `in.*`, `batch1.*` or `batch2.*`. */
export type BatchName = 'in' | 'batch1' | 'batch2';

/** A case as this library computes it. Names are PyTorch's, without `param.`, `in.` and `out.`. */
export interface TensorCase {
  readonly parameters: Readonly<Record<string, Variable>>;
  /** Float inputs that have gradients. */
  readonly inputs: Readonly<Record<string, Variable>>;
  /** Differentiable in parameters and inputs. */
  outputs(): Readonly<Record<string, Tensor>>;
  /** Where the case has a loss of its own, besides cotangents. */
  loss?(batch: BatchName): Scalar;
  /** Whatever else the case lists, such as generated ids; compared exactly. */
  numbers?(): Promise<readonly NumberCheck[]>;
  dispose(): void;
}

/** A number to compare. */
export interface NumberCheck {
  readonly what: string;
  readonly actual: number;
  readonly expected: number;
  /** Default: that of metrics and ids. */
  readonly tolerance?: number;
}

/** Cases that are compared by numbers alone, such as metrics and searches. */
export interface NumberCase {
  numbers(): readonly NumberCheck[] | Promise<readonly NumberCheck[]>;
}

/**
 * Computes the cases of one kind through the library's public exports. It renames, transposes, permutes and
 * calls. It does no arithmetic of its own.
 *
 * @returns `null` for a case that this library cannot build yet
 */
export type Adapter = (fixture: Fixture) => TensorCase | NumberCase | null;
