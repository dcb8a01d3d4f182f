import { mismatch } from '../core/errors.js';

/** What `attentionHeatmap` draws: what `model.align` returns, or a hypothesis of a model with attention. */
export interface AttendedOutput {
  /** One row a target token: weights over the source positions. An `Alignment` has them under this name … */
  readonly weights?: readonly ArrayLike<number>[];
  /** … and a `Hypothesis` under this one. */
  readonly attention?: readonly ArrayLike<number>[];
  /** Labels of the columns, of an `Alignment`. */
  readonly sourceTokens?: readonly string[] | null;
  /** Labels of the rows, of an `Alignment`. */
  readonly targetTokens?: readonly string[];
  /** Labels of the rows, of a `TextHypothesis`. */
  readonly tokens?: readonly string[];
}

/** Attention whose weights and labels fit each other. */
export interface Attended {
  readonly rows: readonly ArrayLike<number>[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

const where = 'attentionHeatmap';

/** Finds weights and labels in what `attentionHeatmap` was given, and checks that they fit. */
export function readAttended(
  output: AttendedOutput,
  options: Pick<AttendedOutput, 'sourceTokens' | 'targetTokens'>,
): Attended {
  const rows = output?.weights ?? output?.attention;
  if (!Array.isArray(rows) || rows.length === 0) {
    const hint = 'Only models with attention have weights; add .attention(…) to the builder.';
    const expected = 'an alignment or a hypothesis with at least one row of attention';
    throw mismatch('invalid-input', { where, expected, received: rows ?? output, hint });
  }
  const columns = checkRows(rows as readonly ArrayLike<number>[]);
  const named = options.targetTokens ?? output.targetTokens ?? output.tokens;
  return {
    rows: rows as readonly ArrayLike<number>[],
    sources: labels('sourceTokens', options.sourceTokens ?? output.sourceTokens ?? undefined, columns),
    targets: labels('targetTokens', named, rows.length),
  };
}

/** @returns how many columns every row has */
function checkRows(rows: readonly ArrayLike<number>[]): number {
  const columns = rows[0]?.length ?? 0;
  for (const [j, row] of rows.entries()) {
    if (columns === 0 || row?.length !== columns) {
      const expected = `row ${j} ${columns === 0 ? 'to have weights' : `to have ${columns} weights, as row 0 has,`}`;
      throw mismatch('invalid-input', { where, expected, received: row?.length });
    }
    const wrong = Array.from(row).find((weight) => !(weight >= 0 && weight <= 1 + ROUNDING));
    if (wrong !== undefined)
      throw mismatch('invalid-input', { where, expected: `weights of row ${j} in [0, 1]`, received: wrong });
  }
  return columns;
}

/** How far above 1 a float32 softmax may come. */
const ROUNDING = 1e-5;

function labels(name: string, given: readonly string[] | undefined, count: number): readonly string[] {
  if (given === undefined) return Array.from({ length: count }, (_, i) => String(i + 1));
  if (Array.isArray(given) && given.length === count && given.every((text) => typeof text === 'string'))
    return given;
  const hint = 'Count the start and the end token where the model adds them.';
  throw mismatch('invalid-input', { where, expected: `${name} to be ${count} texts`, received: given, hint });
}
