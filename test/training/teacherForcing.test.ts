import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import {
  drawTeacherForcingMask,
  type ForcingUnit,
} from '../../src/training/teacherForcing/drawTeacherForcingMask.js';
import { exponentialDecay } from '../../src/training/teacherForcing/exponentialDecay.js';
import { inverseSigmoidDecay } from '../../src/training/teacherForcing/inverseSigmoidDecay.js';
import { linearDecay } from '../../src/training/teacherForcing/linearDecay.js';
import { restoreForcingSchedule } from '../../src/training/teacherForcing/restoreForcingSchedule.js';

const SCHEDULES = [
  constantRatio(0.3),
  linearDecay({ from: 0.9, to: 0.2, steps: 70 }),
  exponentialDecay({ k: 0.99, floor: 0.1 }),
  inverseSigmoidDecay({ k: 20 }),
];

describe('teacher forcing schedules', () => {
  it('have the values of their equations', () => {
    expect(constantRatio(0.3)(17)).toBe(0.3);
    const linear = linearDecay({ steps: 4 });
    expect([0, 1, 3, 4, 5].map(linear)).toEqual([1, 0.75, 0.25, 0, 0]);
    const exponential = exponentialDecay({ k: 0.5, floor: 0.2 });
    expect([0, 1, 2, 3].map(exponential)).toEqual([1, 0.5, 0.25, 0.2]);
    const sigmoid = inverseSigmoidDecay({ k: 10 });
    expect(sigmoid(0)).toBeCloseTo(10 / 11);
    expect(sigmoid(Math.round(10 * Math.log(10)))).toBeCloseTo(0.5);
    expect(sigmoid(1e6)).toBe(0);
  });

  it.each(SCHEDULES.map((schedule) => [schedule.toJSON().kind, schedule] as const))(
    '%s stays within [0, 1], never rises, and survives JSON',
    (_, schedule) => {
      const again = restoreForcingSchedule(JSON.parse(JSON.stringify(schedule)) as never);
      fc.assert(
        fc.property(fc.nat(5000), fc.nat(100), (step, more) => {
          const ratio = schedule(step);
          expect(ratio).toBeGreaterThanOrEqual(0);
          expect(ratio).toBeLessThanOrEqual(1);
          expect(schedule(step + more)).toBeLessThanOrEqual(ratio);
          expect(again(step)).toBe(ratio);
        }),
        { seed: 1 },
      );
    },
  );

  it('refuse what does not fit', () => {
    expect(() => constantRatio(1.1)).toThrow(
      'constantRatio: expected ratio to be a finite number (min 0, max 1)',
    );
    expect(() => linearDecay({ steps: 0 })).toThrow('steps to be a whole number of at least 1');
    expect(() => linearDecay({ steps: 1, start: 1 } as never)).toThrow('received "start"');
    expect(() => exponentialDecay({ k: 1 })).toThrow('k to be a finite number');
    expect(() => inverseSigmoidDecay({ k: 0.5 })).toThrow('k to be a finite number');
    expect(() => restoreForcingSchedule({ kind: 'mine' })).toThrow('received "mine"');
    expect(() => restoreForcingSchedule({ kind: 'constantRatio' })).toThrow('received undefined');
  });
});

describe('drawTeacherForcingMask', () => {
  const [batch, time] = [3, 5];
  const decide = (ratio: number, per: ForcingUnit, seed = 1) =>
    drawTeacherForcingMask({ ratio, per, batch, time, random: createRandom(seed) });

  it('needs no flags, and no random number, at ratio 1', () => {
    const random = createRandom(1);
    expect(drawTeacherForcingMask({ ratio: 1, per: 'token', batch, time, random })).toBeNull();
    expect(random.state()).toEqual(createRandom(1).state());
  });

  it.each(['batch', 'step', 'token'] as const)('feeds only the start token at ratio 0, per %s', (per) => {
    const row = [1, 0, 0, 0, 0];
    expect([...(decide(0, per) ?? [])]).toEqual([...row, ...row, ...row]);
  });

  it('is all or nothing per batch', () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => decide(0.7, 'batch', seed));
    const taught = drawn.filter((mask) => mask === null).length;
    expect(taught / 200).toBeCloseTo(0.7, 0);
    for (const mask of drawn) if (mask !== null) expect(mask.reduce((a, b) => a + b)).toBe(batch);
  });

  it('decides a position for all rows per step, and each alone per token', () => {
    const steps = decide(0.5, 'step', 4) as Uint8Array;
    const rows = [0, 1, 2].map((row) => [...steps.slice(row * time, (row + 1) * time)]);
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
    const tokens = drawTeacherForcingMask({
      ratio: 0.25,
      per: 'token',
      batch: 100,
      time: 11,
      random: createRandom(2),
    });
    const fed = (tokens as Uint8Array).reduce((a, b) => a + b) - 100;
    expect(fed / 1000).toBeGreaterThan(0.2);
    expect(fed / 1000).toBeLessThan(0.3);
  });

  it('repeats itself with the same seed', () => {
    expect(decide(0.5, 'token', 9)).toEqual(decide(0.5, 'token', 9));
    expect(decide(0.5, 'token', 9)).not.toEqual(decide(0.5, 'token', 10));
  });

  it('refuses what does not fit', () => {
    expect(() => decide(1.5, 'token')).toThrow('ratio');
    expect(() => decide(0.5, 'row' as never)).toThrow("'batch', 'step', 'token'");
  });
});
