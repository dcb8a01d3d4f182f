import { Seq2SeqError } from '../core/errors.js';
import type { ModelParts, TargetSide } from './modelParts.js';

/**
 * A block that refuses a neighbour may know its width but not its name: adds the names of all parts where the message of a
 * refusal has fewer than two of them.
 */
export function nameParts(
  error: unknown,
  { encoder, bridge, attention, decoder }: ModelParts<TargetSide>,
): unknown {
  if (!(error instanceof Seq2SeqError) || error.code !== 'incompatible-parts') return error;
  const kinds = [encoder, bridge, ...(attention === null ? [] : [attention.spec]), decoder].map(
    ({ kind }) => kind,
  );
  if (kinds.filter((kind) => error.message.includes(kind)).length > 1) return error;
  return new Seq2SeqError(error.code, `${error.message} The model: ${kinds.join(' → ')}.`);
}
