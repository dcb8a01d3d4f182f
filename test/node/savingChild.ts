import { saveToFolder } from '../../src/node/saveToFolder.js';
import { artifactsOf } from './savedStates.js';

/** What the child tells of each save: its number, and the code of its error. */
export interface SaveReport {
  readonly state: number;
  readonly code: string | null;
}

// A process that saves the numbers from `first` to `last`, in four weight files each. `tell` gets what
// happened.
const [folder = '', first, last] = process.argv.slice(2);
for (let state = Number(first); state <= Number(last); state++) {
  const code = await saveToFolder(folder, artifactsOf(state, 40_000), 40_000).then(
    () => null,
    (error: unknown) => (error as { code?: string }).code ?? 'none',
  );
  process.send?.({ state, code } satisfies SaveReport);
}
process.disconnect();
