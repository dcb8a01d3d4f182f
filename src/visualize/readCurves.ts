import { mismatch } from '../core/errors.js';

/** One point of `lossCurve`; an `EpochRecord` is one. */
export interface LossRecord {
  /** Where it stands from left to right; numbers rise. */
  readonly epoch: number;
  /** Mean training loss a token. */
  readonly loss: number;
  /** What validation found; only its `loss` is drawn. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** One line of `lossCurve`. */
export interface Curve {
  readonly name: string;
  /** `[epoch, loss]`, epochs rising. */
  readonly points: readonly (readonly [number, number])[];
  /** Square points go with a dashed line, round ones with a solid line. */
  readonly look: { readonly colour: string; readonly square: boolean };
}

const where = 'lossCurve';

/** The training curve, and the validation curve where a record has one. */
export function readCurves(
  history: { readonly epochs: readonly LossRecord[] },
  { trainingLabel, validationLabel }: { readonly trainingLabel: string; readonly validationLabel: string },
): Curve[] {
  const records: unknown = history?.epochs;
  if (!Array.isArray(records) || records.length === 0) {
    const expected = 'a history with at least one epoch';
    throw mismatch('invalid-input', { where, expected, received: records ?? history });
  }
  const epochs = history.epochs;
  for (const [i, { epoch, loss, validation }] of epochs.entries()) {
    const before = epochs[i - 1]?.epoch ?? -Infinity;
    if (!(Number.isFinite(epoch) && epoch > before)) {
      const expected = `record ${i} to have a finite epoch above ${before}`;
      throw mismatch('invalid-input', { where, expected, received: epoch });
    }
    for (const [name, value] of [
      ['loss', loss] as const,
      ['validation loss', validation?.['loss']] as const,
    ]) {
      if (Number.isFinite(value) || (value === undefined && name !== 'loss')) continue;
      const expected = `the ${name} of epoch ${epoch} to be finite`;
      throw mismatch('invalid-input', { where, expected, received: value });
    }
  }
  const training = epochs.map(({ epoch, loss }) => [epoch, loss] as const);
  const validation = epochs.flatMap(({ epoch, validation: found }) =>
    found?.['loss'] === undefined ? [] : [[epoch, found['loss']] as const],
  );
  return [
    { name: trainingLabel, points: training, look: { colour: '#0b3d91', square: false } },
    { name: validationLabel, points: validation, look: { colour: '#b34700', square: true } },
  ].filter(({ points }) => points.length > 0);
}

/** A curve in words: where it starts and ends, and its lowest point. */
export function describeCurve({ name, points }: Curve): string {
  const say = ([epoch, loss]: readonly [number, number]): string => `${loss.toFixed(3)} at ${epoch}`;
  const lowest = points.reduce((best, point) => (point[1] < best[1] ? point : best));
  const [first, last] = [points[0], points.at(-1)] as const;
  return `${name}: from ${say(first ?? lowest)} to ${say(last ?? lowest)}, lowest ${say(lowest)}.`;
}
