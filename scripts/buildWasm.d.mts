/** Brings both embedded modules up to date; tells whether anything had to be compiled. */
export function buildWasm(options?: { force?: boolean }): Promise<boolean>;
/** Compiles one AssemblyScript file to a module that imports its memory. */
export function compile(file: string, flags?: readonly string[]): Promise<Uint8Array<ArrayBuffer>>;
/** What vitest calls as a global setup. */
export function setup(): Promise<void>;
