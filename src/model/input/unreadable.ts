import { mismatch } from '../../core/errors.js';
import type { ModelParts, TargetSide } from '../modelParts.js';
import { sequenceOf, type EncodedInput, type SequenceInput } from './encodeInput.js';
import { encodedSequences } from './exampleBatches.js';

type Reader = Pick<ModelParts<TargetSide>, 'source' | 'encoder'>;

/**
 * Why an encoder cannot read a source: it is empty (`'stuck'`), or longer than its learned positions
 * (`'length'`). Generation gives such a source an empty result with this reason.
 */
export function unreadable(
  { source, encoder }: Reader,
  encoded: EncodedInput,
): 'stuck' | 'length' | undefined {
  const sequence = sequenceOf(encoded);
  if (sequence.length === 0) return 'stuck';
  const [row] = encodedSequences(source, [sequence]).rows; // with start and end
  return (row ?? []).length > (encoder.maxPositions ?? Infinity) ? 'length' : undefined;
}

/** Refuses what the encoder cannot read. @throws `invalid-input` */
export function checkReadable(
  where: string,
  reader: Reader,
  encoded: EncodedInput,
  received: SequenceInput,
): void {
  const reason = unreadable(reader, encoded);
  if (reason === undefined) return;
  const [expected, hint] =
    reason === 'stuck'
      ? ['at least one token', 'Leave empty sentences out.']
      : [`at most ${reader.encoder.maxPositions} positions`, "Raise the encoder's maxLength."];
  throw mismatch('invalid-input', { where, expected, received, hint });
}
