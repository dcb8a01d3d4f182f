import { mismatch } from '../../core/errors.js';
import type { Optimizer } from './optimizer.js';

/** Refuses what cannot train. @throws `invalid-option` */
export function checkOptimizer(where: string, _name: string, optimizer: unknown): void {
  const methods = ['init', 'update', 'learningRate'] as const;
  if (methods.every((name) => typeof (optimizer as Optimizer | null)?.[name] === 'function')) return;
  const hint = 'Pass adam() or sgd().';
  throw mismatch('invalid-option', { where, expected: 'an optimizer', received: optimizer, hint });
}
