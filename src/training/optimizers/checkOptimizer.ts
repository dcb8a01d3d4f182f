import { mismatch } from '../../core/errors.js';
import type { Optimizer } from './optimizer.js';

/** Takes what can train. @throws `invalid-option` */
export function checkOptimizer(where: string, _name: string, optimizer: unknown): Optimizer {
  const methods = ['init', 'update', 'learningRate'] as const;
  if (methods.every((name) => typeof (optimizer as Optimizer | null)?.[name] === 'function'))
    return optimizer as Optimizer;
  const hint = 'Pass an object such as adam() returns.';
  throw mismatch('invalid-option', { where, expected: 'an optimizer', received: optimizer, hint });
}
