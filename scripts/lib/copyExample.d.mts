/** See copyExample.mjs. */
export function copyExample(name: string, folder: string, library: string): Promise<string[]>;
