import { Seq2SeqError } from '../core/errors.js';
import type { History } from './history.js';

/**
 * Training ended early. Its `AbortSignal` fired (`aborted`), or a loss or gradient was not finite
 * (`not-finite`). The weights are those after `history.updates` updates, all of them good.
 *
 * @example
 * ```ts
 * import { recurrentDecoder, recurrentEncoder, seq2seq, Vocab, whitespaceTokenizer } from 'tfjs-seq2seq';
 * import { TrainingStoppedError } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const side = { vocab: Vocab.build([['a', 'b']]), tokenizer: whitespaceTokenizer() };
 * const model = seq2seq()
 *   .source(side)
 *   .target(side)
 *   .encoder(recurrentEncoder({ units: 4 }))
 *   .decoder(recurrentDecoder({ units: 4 }))
 *   .build();
 * const stop = new AbortController();
 * try {
 *   const pairs = [{ source: 'a', target: 'b' }];
 *   await model.fit(pairs, { epochs: 9, signal: stop.signal, onEpoch: () => stop.abort() });
 * } catch (error) {
 *   if (!(error instanceof TrainingStoppedError)) throw error;
 *   console.log(error.code, error.history.updates); // aborted 1; the model is as trained as that
 * }
 * ```
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
