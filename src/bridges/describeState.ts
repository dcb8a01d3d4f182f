import type { StateShape } from '../contracts/context.js';

/** A state's form in words, for messages. */
export function describeState(shape: StateShape | null): string {
  if (shape === null) return 'no recurrent state';
  const { layers, units, cell } = shape;
  return `${layers} ${layers === 1 ? 'layer' : 'layers'} of ${units} units with ${cell ? 'h and c' : 'h alone'}`;
}
