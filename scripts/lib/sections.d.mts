export interface Section {
  readonly name: string;
  /** Those that must have gone well before. */
  readonly needs?: readonly string[];
  /** Whether it measures time, and so waits until all others have ended. */
  readonly alone?: boolean;
  /** Does it. @returns whether all went well */
  readonly run: (onOutput: (text: string) => void) => Promise<boolean>;
}

export function runSections(
  sections: readonly Section[],
  lanes: number,
  options?: { readonly announce?: boolean },
): Promise<string[]>;
