import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PersistentMap } from '../../src/decoding/persistentMap.js';

it('is a map whose older versions stay', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat())), (entries) => {
      const reference = new Map<number, number>();
      let map = new PersistentMap<number>();
      const versions = entries.map(([key, value]) => {
        reference.set(key, value);
        map = map.with(key, value);
        return { map, snapshot: new Map(reference) };
      });
      for (const { map: version, snapshot } of versions) {
        for (const [key] of entries) expect(version.get(key)).toBe(snapshot.get(key));
      }
    }),
    { seed: 5 },
  );
});
