/**
 * Calls of kernels that must not compile. The type checker fails where a marked line has no error. Nothing
 * here runs.
 */
import type { Kernels } from '../../src/backend/wasm/generated/kernels.js';

declare const kernels: Kernels;

export const outside: number = kernels.findOutside({ size: 3, count: 2, ids: 64 });

// @ts-expect-error an argument is missing
kernels.scale({ x: 64, out: 64, count: 5 });

// @ts-expect-error an argument is misspelled
kernels.scale({ x: 64, factr: 2, out: 64, count: 5 });

// @ts-expect-error there is one argument too many
kernels.scale({ x: 64, factor: 2, out: 64, count: 5, size: 5 });

// @ts-expect-error arguments have names
kernels.scale(64, 2, 64, 5);

// @ts-expect-error what is transposed is true or false
kernels.packRight({ b: 64, transposed: 1, columns: 3, depth: 2, packed: 128 });

// @ts-expect-error the module exports no such function
kernels.scaled({ x: 64, factor: 2, out: 64, count: 5 });
