import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { collate } from '../../src/data/collate.js';
import { collateSource } from '../../src/data/collateSource.js';
import type { Example } from '../../src/data/example.js';
import { padSequences } from '../../src/data/padSequences.js';
import { Vocab } from '../../src/data/vocab.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const examples: Example[] = [
  { source: [4, 5, 6], target: [7] },
  { source: [5], target: [4, 4, 7, 6] },
];

describe('padSequences', () => {
  it('fills short rows at the end', async () => {
    const before = memory().numTensors;
    const { ids, mask, lengths } = padSequences([[5, 6, 7], Int32Array.of(8)], { padId: 9 });
    expect(await ids.array()).toEqual([
      [5, 6, 7],
      [8, 9, 9],
    ]);
    expect(await mask.array()).toEqual([
      [1, 1, 1],
      [1, 0, 0],
    ]);
    expect([ids.dtype, mask.dtype]).toEqual(['int32', 'float32']);
    expect(lengths).toEqual(Int32Array.of(3, 1));
    expect(memory().numTensors).toBe(before + 2);
    ids.dispose();
    mask.dispose();
  });

  it('fills at the start and to a length on request', async () => {
    const { ids, mask } = padSequences([[5, 6], [8]], { side: 'start', length: 3 });
    expect(await ids.array()).toEqual([
      [0, 5, 6],
      [0, 0, 8],
    ]);
    expect(await mask.array()).toEqual([
      [0, 1, 1],
      [0, 0, 1],
    ]);
    ids.dispose();
    mask.dispose();
  });

  it('says what is wrong and makes nothing', () => {
    const before = memory().numTensors;
    expect(() => padSequences([])).toThrow(/at least one sequence/);
    expect(() => padSequences([[1], []])).toThrow(/sequence 1 to be a list that is not empty/);
    expect(() => padSequences([[1, 2, 3]], { length: 2 })).toThrow(
      /at most 2 ids, the length option, but received 3/,
    );
    expect(() => padSequences([[1, -2]])).toThrow(/position 1, but received -2/);
    expect(() => padSequences([[1.5]])).toThrow(/whole ids/);
    expect(() => padSequences([[1]], { side: 'left' as never })).toThrow(/'end', 'start'/);
    expect(() => padSequences([[1]], { pad: 0 } as never)).toThrow(/received "pad"/);
    expect(memory().numTensors).toBe(before);
  });
});

describe('collate', () => {
  it('marks both sides, shifts the target by one and pads', async () => {
    const before = memory().numTensors;
    const batch = collate(examples);
    expect(await batch.source.array()).toEqual([
      [1, 4, 5, 6, 2],
      [1, 5, 2, 0, 0],
    ]);
    expect(await batch.sourceMask.array()).toEqual([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0],
    ]);
    expect(batch.sourceLengths).toEqual(Int32Array.of(5, 3));
    expect(await batch.targetInput.array()).toEqual([
      [1, 7, 0, 0, 0],
      [1, 4, 4, 7, 6],
    ]);
    expect(await batch.targetOutput.array()).toEqual([
      [7, 2, 0, 0, 0],
      [4, 4, 7, 6, 2],
    ]);
    expect(await batch.targetMask.array()).toEqual([
      [1, 1, 0, 0, 0],
      [1, 1, 1, 1, 1],
    ]);
    expect(batch.targetLengths).toEqual(Int32Array.of(2, 5));
    expect([batch.source.dtype, batch.targetInput.dtype, batch.targetOutput.dtype]).toEqual([
      'int32',
      'int32',
      'int32',
    ]);
    expect([batch.sourceMask.dtype, batch.targetMask.dtype]).toEqual(['float32', 'float32']);
    expect(memory().numTensors).toBe(before + 5);
    batch.dispose();
    batch.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('leaves marks out on request', async () => {
    const plain = { addSos: false, addEos: false };
    const batch = collate([{ source: [4], target: [5, 6, 7] }], { source: plain, target: plain });
    expect(await batch.source.array()).toEqual([[4]]);
    expect(await batch.targetInput.array()).toEqual([[5, 6]]);
    expect(await batch.targetOutput.array()).toEqual([[6, 7]]);
    batch.dispose();
    const withSos = collate([{ source: [4], target: [5, 6, 7] }], { target: { addEos: false } });
    expect(await withSos.targetInput.array()).toEqual([[1, 5, 6]]);
    expect(await withSos.targetOutput.array()).toEqual([[5, 6, 7]]);
    withSos.dispose();
  });

  it('takes the ids from a vocabulary', async () => {
    const specialTokens = { pad: { token: '<pad>', id: 3 }, unk: { token: '<unk>', id: 0 } };
    const vocab = Vocab.build([['a', 'b']], { specialTokens });
    const batch = collate(
      [
        { source: [4], target: [5, 4] },
        { source: [5, 4], target: [5] },
      ],
      { source: { vocab, addEos: false }, target: { vocab } },
    );
    expect(await batch.source.array()).toEqual([
      [1, 4, 3],
      [1, 5, 4],
    ]);
    expect(await batch.targetOutput.array()).toEqual([
      [5, 4, 2],
      [5, 2, 3],
    ]);
    batch.dispose();
  });

  it('takes frames on both sides, with zeros for padding and for the first input', async () => {
    const before = memory().numTensors;
    const batch = collate([
      {
        source: [
          [1, 2],
          [3, 4],
        ],
        target: [Float32Array.of(5, 6, 7)],
      },
      {
        source: [Float32Array.of(8, 9)],
        target: [
          [1, 1, 1],
          [2, 2, 2],
        ],
      },
    ]);
    expect(await batch.source.array()).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [8, 9],
        [0, 0],
      ],
    ]);
    expect(batch.sourceLengths).toEqual(Int32Array.of(2, 1));
    expect(await batch.targetInput.array()).toEqual([
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
    ]);
    expect(await batch.targetOutput.array()).toEqual([
      [
        [5, 6, 7],
        [0, 0, 0],
      ],
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
    ]);
    expect(batch.targetLengths).toEqual(Int32Array.of(1, 2));
    expect(batch.source.dtype).toBe('float32');
    batch.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('gives every row what it gives the row alone, but for padding', async () => {
    const ids = fc.array(fc.integer({ min: 4, max: 40 }), { minLength: 1, maxLength: 7 });
    const rows = fc.array(fc.record({ source: ids, target: ids }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (sample) => {
        const batch = collate(sample);
        for (const [row, example] of sample.entries()) {
          const alone = collate([example]);
          for (const [name, length] of [
            ['source', batch.sourceLengths[row]],
            ['targetInput', batch.targetLengths[row]],
            ['targetOutput', batch.targetLengths[row]],
          ] as const) {
            const padded = ((await batch[name].array()) as number[][])[row] as number[];
            expect(padded.slice(0, length)).toEqual(((await alone[name].array()) as number[][])[0]);
            expect(padded.slice(length).every((id) => id === 0)).toBe(true);
          }
          alone.dispose();
        }
        batch.dispose();
      }),
      { seed: 31, numRuns: 30 },
    );
  });

  it('says what is wrong and makes nothing', () => {
    const vocab = Vocab.build([['a', 'b']]);
    const before = memory().numTensors;
    const plain = { addSos: false, addEos: false };
    const cases: [() => unknown, string, RegExp][] = [
      [() => collate([]), 'invalid-input', /at least one source of example/],
      [
        () => collate([{ source: [], target: [4] }]),
        'invalid-input',
        /source of example 0 to be a list that is not empty/,
      ],
      [
        () => collate([{ source: [4], target: [] }], { target: plain }),
        'invalid-input',
        /at least two ids in example 0, .* received 0\./,
      ],
      [
        () =>
          collate([
            { source: [4], target: [[1, 2]] },
            { source: [4], target: [] },
          ]),
        'invalid-input',
        /target: expected frames of 2 numbers in example 1 but received \[\]/,
      ],
      [() => collate([{ source: [4] } as never]), 'invalid-input', /target of example 0/],
      [() => collate([{ source: 'abc' as never, target: [4] }]), 'invalid-input', /source of example 0/],
      [
        () => collate([{ source: [6], target: [4] }], { source: { vocab } }),
        'invalid-input',
        /collate: source: expected example 0 to hold whole ids from 0 to 5, also at position 0, but received 6\. Was it encoded/,
      ],
      [() => collate([{ source: [4], target: [NaN] }]), 'invalid-input', /collate: target/],
      [
        () => collate([{ source: [4], target: [4] }], { target: plain }),
        'invalid-input',
        /at least two ids in example 0/,
      ],
      [
        () => collate([{ source: [[1, 2], [1]], target: [4] }]),
        'invalid-input',
        /2 features .* received 1\. Look at frame 1 of example 0/,
      ],
      [
        () => collate([{ source: [[1, 2]], target: [4] }], { source: { features: 3 } }),
        'invalid-input',
        /3 features/,
      ],
      [
        () => collate([{ source: [4], target: [4] }], { source: { features: 3 } }),
        'invalid-input',
        /frames of 3 numbers/,
      ],
      [
        () => collate([...examples, { source: [[1, 2]], target: [4] }]),
        'invalid-input',
        /ids in example 2 but received/,
      ],
      [
        () => collate([{ source: [[1, 2]], target: [4] }], { source: { addSos: true } }),
        'invalid-option',
        /received "addSos"/,
      ],
      [() => collate([{ source: [[]], target: [4] }]), 'invalid-option', /features/],
      [() => collate(examples, { source: { vocab, padId: 0 } }), 'invalid-option', /vocab and padId/],
      [() => collate(examples, { source: { sosId: -1 } }), 'invalid-option', /sosId/],
      [() => collate(examples, { source: { addSos: 1 as never } }), 'invalid-option', /addSos/],
      [() => collate(examples, { pad: 0 } as never), 'invalid-option', /source, target/],
    ];
    for (const [action, code, message] of cases) {
      expect(action).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('collateSource', () => {
  it('is the source half', async () => {
    const before = memory().numTensors;
    const batch = collateSource([[4], [5, 6]], { addEos: false });
    expect(await batch.source.array()).toEqual([
      [1, 4, 0],
      [1, 5, 6],
    ]);
    expect(await batch.sourceMask.array()).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(batch.sourceLengths).toEqual(Int32Array.of(2, 3));
    expect(memory().numTensors).toBe(before + 2);
    batch.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
