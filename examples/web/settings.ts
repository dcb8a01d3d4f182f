import type { BackendName } from 'tfjs-seq2seq/backend';

/** What the page's address may say after the question mark: `?backend=webgl&pairs=2000&epochs=2`. */
export interface Settings {
  /** What calculates. Default `wasm`, the fastest for a model as small as this. */
  readonly backend: BackendName | 'auto';
  /** How many sentence pairs are made up, from 500. Default 12,000. */
  readonly pairs: number;
  /** How often training goes through them. Default 4. */
  readonly epochs: number;
}

const BACKENDS: readonly string[] = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'];

/** Reads the part of an address after the question mark; what makes no sense is left at its default. */
export function readSettings(search: string): Settings {
  const query = new URLSearchParams(search);
  const backend = query.get('backend') ?? 'wasm';
  return {
    backend: (BACKENDS.includes(backend) ? backend : 'wasm') as Settings['backend'],
    pairs: wholeNumber(query.get('pairs'), 500, 12_000),
    epochs: wholeNumber(query.get('epochs'), 1, 4),
  };
}

function wholeNumber(text: string | null, least: number, fallback: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : fallback;
}
