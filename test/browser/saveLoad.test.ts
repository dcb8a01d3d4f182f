import { io, memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { commands, userEvent } from 'vitest/browser';
import { greedy } from '../../src/decoding/greedySearch.js';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { tinyModel } from '../model/tinyModel.js';

async function weights(model: Seq2SeqModel): Promise<Record<string, number[]>> {
  const entries = Object.entries(model.parameters()).map(async ([name, value]) => [
    name,
    [...(await value.data())],
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, number[]>;
}

async function expectSame(copy: Seq2SeqModel, model: Seq2SeqModel): Promise<void> {
  expect(await weights(copy)).toEqual(await weights(model));
  const strategy = greedy({ minLength: 2, maxLength: 2 });
  expect(await copy.generate('a b', strategy)).toEqual(await model.generate('a b', strategy));
}

test('through IndexedDB, again after more training', async () => {
  const before = memory().numTensors;
  const model = tinyModel({ encoder: { cell: 'lstm' }, decoder: { cell: 'lstm' } });
  for (let round = 0; round < 2; round++) {
    await model.save('indexeddb://tiny');
    const copy = await loadSeq2Seq('indexeddb://tiny');
    await expectSame(copy, model);
    copy.dispose();
    await model.fit([{ source: 'a', target: 'b' }], { epochs: 1 });
  }
  expect(Object.keys(await io.listModels())).toEqual(['indexeddb://tiny']);
  await io.removeModel('indexeddb://tiny');
  model.dispose();
  expect(memory().numTensors).toBe(before);
});

test('a name that a store or a server does not have', async () => {
  for (const url of [
    'indexeddb://nothing',
    'localstorage://nothing',
    `${location.origin}/nothing/model.json`,
  ]) {
    await expect(loadSeq2Seq(url)).rejects.toMatchObject({
      code: 'load-failed',
      message: expect.stringContaining('nothing') as string,
    });
  }
});

test('through a download and an upload', async () => {
  const before = memory().numTensors;
  const model = tinyModel();
  await commands.collectDownloads();
  await model.save('downloads://tiny');
  const files = await commands.takeDownloads(2);
  expect(files.map(({ name }) => name).sort()).toEqual(['tiny.json', 'tiny.weights.bin']);

  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  document.body.append(input);
  const uploads = files.map(
    ({ name, base64 }) => new File([Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))], name),
  );
  await userEvent.upload(input, uploads);
  const chosen = [...(input.files ?? [])];
  input.remove();
  // The description comes first, as tfjs wants it.
  chosen.sort((a, b) => Number(b.name.endsWith('.json')) - Number(a.name.endsWith('.json')));
  const copy = await loadSeq2Seq(io.browserFiles(chosen));
  await expectSame(copy, model);
  copy.dispose();
  model.dispose();
  expect(memory().numTensors).toBe(before);
});
