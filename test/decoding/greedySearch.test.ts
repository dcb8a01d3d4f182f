import { memory, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { EOS, logTable, SOS, tableStep } from './tables.js';

describe.each(['cpu', 'wasm'])('greedySearch on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it('follows the most probable token', async () => {
    const table = logTable([
      [0, 0.1, 0.6, 0.3],
      [0, 1, 0, 0],
      [0, 0.2, 0.1, 0.7],
      [0, 0.5, 0.25, 0.25],
    ]);
    const before = memory().numTensors;
    const [[best]] = (await greedySearch(tableStep(table), null, {
      batchSize: 1,
      sosId: SOS,
      eosId: EOS,
      maxLength: 10,
    })) as [[import('../../src/contracts/hypothesis.js').Hypothesis]];
    expect(best.ids).toEqual([2, 3]);
    expect(best.finishReason).toBe('eos');
    expect(best.logProbability).toBeCloseTo(Math.log(0.6 * 0.7 * 0.5), 5);
    expect(best.tokenLogProbabilities).toHaveLength(3);
    expect(memory().numTensors).toBe(before);
    table.dispose();
  });
});
