import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Names that Chromium and Chrome go by, as distributions install them. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * WebGL and WebGPU by software, so that they are there on a machine without a GPU. Nothing calls home.
 */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The Chromium that is installed. @throws with the command to install it, where none is */
export function chromiumPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `No ${NAMES.join(', ')} on the PATH. Install it with: apt-get update && apt-get install -y chromium`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
