import { memory, tensor2d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Bridge, BridgeWiring } from '../../src/contracts/bridge.js';
import type { Context, LayerState, StateShape } from '../../src/contracts/context.js';
import { disposeTensors, tensorsOf } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';

/** `shape(2, 3)`: two layers of three units with `h` alone; `shape(2, 3, true)`: with `c` as well. */
export const shape = (layers: number, units: number, cell = false): StateShape => ({ layers, units, cell });

/** What stands on both sides of a bridge. */
export const wiring = (from: StateShape | null, to: StateShape | null, summarySize = 3): BridgeWiring => ({
  encoder: { kind: 'someEncoder', summarySize: from?.units ?? summarySize, stateShape: from },
  decoder: { kind: 'someDecoder', stateShape: to },
  random: createRandom(1),
});

/** A context of one row whose state of layer i is filled with i + 1 (`h`) and 10 (i + 1) (`c`). */
export function contextOf(from: StateShape | null, summarySize = 3): Context {
  const filled = (value: number, units: number): Tensor2D => tensor2d([new Array<number>(units).fill(value)]);
  const state =
    from === null
      ? null
      : Array.from({ length: from.layers }, (_, layer): LayerState => {
          const h = filled(layer + 1, from.units);
          return from.cell ? { h, c: filled(10 * (layer + 1), from.units) } : { h };
        });
  const summary = state?.at(-1)?.h ?? filled(7, summarySize);
  return { memory: zeros([1, 2, summary.shape[1]]), mask: zeros([1, 2]), summary, state };
}

/** Runs a bridge and shows its state as numbers. Checks that it makes its own tensors and no other. */
export function crossed(bridge: Bridge, context: Context): { h: number[]; c?: number[] }[] | null {
  const before = memory().numTensors;
  const result = bridge.forward(context);
  const made = tensorsOf(result).filter((tensor) => !tensorsOf(context).includes(tensor));
  expect(memory().numTensors).toBe(before + made.length);
  expect(result.memory).toBe(context.memory);
  expect(result.mask).toBe(context.mask);
  expect(result.summary.shape).toEqual([1, bridge.summarySize]);
  const shown =
    result.state?.map(({ h, c }) => ({
      h: [...h.dataSync()],
      ...(c === undefined ? {} : { c: [...c.dataSync()] }),
    })) ?? null;
  disposeTensors(result, context);
  return shown;
}
