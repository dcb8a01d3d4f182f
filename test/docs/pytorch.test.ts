import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import { fileSystemHandler } from '../../src/node/fileSystemHandler.js';
import { useBackend } from '../../src/backend/useBackend.js';
import { collectSnippets } from './snippets.js';

// The page's own code, run over files as PyTorch writes them, with smaller sizes than the page speaks of.
const folder = resolve('.build/pytorch');
const tokens = ['<pad>', '<sos>', '<eos>', '<unk>', 'a', 'b', 'c'];
const [embedding, units] = [5, 7];
const recurrent = [0, 1].flatMap((layer): [string, number[]][] => [
  [`rnn.weight_ih_l${layer}`, [3 * units, layer === 0 ? embedding : units]],
  [`rnn.weight_hh_l${layer}`, [3 * units, units]],
  [`rnn.bias_ih_l${layer}`, [3 * units]],
  [`rnn.bias_hh_l${layer}`, [3 * units]],
]);
const side: [string, number[]][] = [['embedding.weight', [tokens.length, embedding]], ...recurrent];
const output: [string, number[]][] = [
  ['fc_out.weight', [tokens.length, units]],
  ['fc_out.bias', [tokens.length]],
];
const shapes = [
  ...side.map(([name, shape]) => [`encoder.${name}`, shape] as const),
  ...[...side, ...output].map(([name, shape]) => [`decoder.${name}`, shape] as const),
];
/** Numbers that are short in JSON and exact in float32. */
const weights = shapes.map(([name, shape], index) => {
  const size = shape.reduce((product, length) => product * length);
  return { name, shape, values: Float32Array.from({ length: size }, (_, at) => ((at % 7) - 3 + index) / 64) };
});

const page = collectSnippets().find(
  ({ file, code }) => file === 'docs/pytorch.md' && code.includes('readFile'),
);
const converter = (page?.code ?? '')
  .replace('units: 512', `units: ${units}`)
  .replace('embeddingSize: 256', `embeddingSize: ${embedding}`);

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify(tokens));
});

/** Runs the block in the folder. */
function run(block: string): void {
  const file = join(folder, 'convert.ts');
  writeFileSync(file, block);
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).not.toMatch(/Error/);
  expect(status).toBe(0);
}

async function expectConverted(): Promise<void> {
  await useBackend('cpu');
  const model = await loadSeq2Seq(fileSystemHandler(join(folder, 'converted')));
  const parameters = model.parameters();
  expect(Object.keys(parameters).sort()).toEqual(shapes.map(([name]) => name).sort());
  for (const { name, values } of weights) expect(parameters[name]?.dataSync()).toEqual(values);
  model.dispose();
}

it('a safetensors file moves over', async () => {
  let offset = 0;
  const entries = weights.map(({ name, shape, values }) => {
    const data_offsets = [offset, (offset += values.byteLength)];
    return [name, { dtype: 'F32', shape, data_offsets }];
  });
  const header = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const data = weights.map(({ values }) => new Uint8Array(values.buffer));
  writeFileSync(join(folder, 'model.safetensors'), Buffer.concat([length, Buffer.from(header), ...data]));
  run(converter);
  await expectConverted();
});

it('and so does one of JSON', async () => {
  const file = weights.map(({ name, shape, values }) => [name, { shape, values: [...values] }] as const);
  writeFileSync(join(folder, 'model.json'), JSON.stringify(Object.fromEntries(file)));
  const line = /model\.setWeights\(.*\); \/\/ or (JSON\.parse\(.*\))$/m;
  expect(converter).toMatch(line);
  run(converter.replace(line, 'model.setWeights($1);'));
  await expectConverted();
});
