import type { NamedVariables } from '../../core/parameters.js';

/** One variable of a model. */
export interface ParameterSummary {
  /** Its name in `model.parameters()`. */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** How many numbers it holds. */
  readonly size: number;
}

/** What a model is made of. */
export interface ModelSummary {
  /** One entry a variable, in the order of the blocks. */
  readonly parameters: readonly ParameterSummary[];
  /** How many trainable numbers there are. */
  readonly total: number;
  /** A table for printing. */
  readonly text: string;
}

/** Lists the parameters of a model with their shapes. */
export function summarize(variables: NamedVariables): ModelSummary {
  const parameters = Object.entries(variables).map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    size,
  }));
  const total = parameters.reduce((sum, { size }) => sum + size, 0);
  const rows = parameters.map(
    ({ name, shape, size }) => [name, `[${shape.join(', ')}]`, count(size)] as const,
  );
  const width = (column: 0 | 1 | 2): number =>
    Math.max(...rows.map((row) => row[column].length), count(total).length);
  const line = ([name, shape, size]: readonly [string, string, string]): string =>
    `${name.padEnd(width(0))}  ${shape.padEnd(width(1))}  ${size.padStart(width(2))}`;
  const text = [...rows.map(line), line(['total', '', count(total)])].join('\n');
  return { parameters, total, text };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
