/** A name with its declaration. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
}
/** See apiReport.mjs. */
export function apiReport<Entry extends string>(
  entries: Readonly<Record<Entry, string>>,
): Record<Entry, { exported: Declaration[]; hidden: Declaration[] }>;
