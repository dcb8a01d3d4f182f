import { backend, gather, setBackend, Tensor, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { disposeTensors } from '../../../src/core/containers.js';
import { beamSearch } from '../../../src/decoding/beamSearch.js';
import { gatherColumns } from '../../../src/decoding/ops/gatherColumns.js';
import { greedySearch } from '../../../src/decoding/greedySearch.js';
import { sampleSearch } from '../../../src/decoding/sampleSearch.js';
import { topK, topKByMaximum } from '../../../src/decoding/ops/topK.js';
import { ONE, randomTable } from '../tables.js';

describe.each(['cpu', 'wasm'])('on %s', (name) => {
  beforeAll(() => setBackend(name));

  it('finds the best with and without a sorting kernel', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, count) => {
        const numbers = randomTable(23, seed).slice(0, 5);
        const scores = tensor2d(numbers);
        const sorted = topK(scores, count);
        const iterated = topKByMaximum(scores, Math.min(count, 23));
        expect(iterated.ids.arraySync()).toEqual(sorted.ids.arraySync());
        expect(iterated.scores.arraySync()).toEqual(sorted.scores.arraySync());
        const first = numbers.map((row) => row.indexOf(Math.max(...row)));
        expect(sorted.ids.arraySync().map(([id]) => id)).toEqual(first);
        expect(gatherColumns(scores, sorted.ids).arraySync()).toEqual(sorted.scores.arraySync());
      }),
      { numRuns: 20, seed: 6 },
    );
  });

  it('reads the device once a step, and never the logits', async () => {
    const table = tensor2d(randomTable(101, 2));
    const read = vi.spyOn(backend(), 'read');
    const dataSync = vi.spyOn(Tensor.prototype, 'dataSync');
    let steps = 0;
    const step = (last: Parameters<typeof gather>[1]): never => {
      steps++;
      return { logits: gather(table, last), state: null } as never;
    };
    const setup = { ...ONE, batchSize: 2, maxLength: 5, minLength: 5, noRepeatNgram: 2, badTokens: [7] };
    await greedySearch(step, null, setup);
    await beamSearch(step, null, { ...setup, width: 3 });
    await sampleSearch(step, null, { ...setup, topK: 5, topP: 0.9 });
    expect(read).toHaveBeenCalledTimes(steps);
    for (const { value } of read.mock.results)
      expect(((await value) as Float32Array).length).toBeLessThan(101);
    expect(dataSync).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    disposeTensors(table);
  });
});
