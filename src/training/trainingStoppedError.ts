import { Seq2SeqError } from '../core/errors.js';
import type { History } from './history.js';

/**
 * Training ended early: its `AbortSignal` fired (`aborted`), or a loss or gradient was not finite (`not-finite`). The
 * weights are those after `history.updates` updates, all of them good.
 */
export class TrainingStoppedError extends Seq2SeqError {
  /** What came of the training until then. */
  readonly history: History;

  constructor(
    code: 'aborted' | 'not-finite',
    message: string,
    history: History,
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
    this.name = 'TrainingStoppedError';
    this.history = history;
  }
}
