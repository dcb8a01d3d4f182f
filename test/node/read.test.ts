import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonl } from '../../src/node/readJsonl.js';
import { readParallel } from '../../src/node/readParallel.js';
import { readTsv } from '../../src/node/readTsv.js';

let folder = '';
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seq2seq-read-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `file${files++}`);
  await writeFile(path, content);
  return path;
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

function failure(code: string, message: RegExp): unknown {
  return expect.objectContaining({ name: 'Seq2SeqError', code, message: expect.stringMatching(message) });
}

const pairs = [
  { source: 'Hello “you”', target: 'Bonjour 😀' },
  { source: ' a  b ', target: 'c' },
];
const ends = ['', '\n', '\r\n', '\n\n', '\r\n\r\n', '\n\n\n\n'];
const invalidUtf8 = Buffer.concat([Buffer.from('a\tb\nc\t'), Buffer.of(0xc3, 0x28), Buffer.from('\nd\te\n')]);

describe('newlines at the end of a file', () => {
  it.each(ends)('%j start no rows', async (end) => {
    const rows = [
      { source: 'a', target: 'b' },
      { source: 'c', target: 'd' },
    ];
    expect(await all(readTsv(await file(`a\tb\nc\td${end}`)))).toEqual(rows);
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    expect(await all(readJsonl(await file(lines + end)))).toEqual(rows);
    for (const other of ends) {
      const parallel = readParallel(await file(`a\nc${end}`), await file(`b\nd${other}`));
      expect(await all(parallel)).toEqual(rows);
    }
  });
});

describe('readTsv', () => {
  it.each([
    ['line feeds', '\n', ''],
    ['carriage returns and a byte order mark', '\r\n', '\uFEFF'],
  ])('reads pairs (%s)', async (_, end, start) => {
    const rows = pairs.map(({ source, target }) => `${source}\t${target}\tignored`);
    expect(await all(readTsv(await file(start + rows.join(end) + end)))).toEqual(pairs);
    expect(await all(readTsv(await file(start + rows.join(end))))).toEqual(pairs);
  });

  it('takes any two columns', async () => {
    const rows = readTsv(await file('x\tq"\ta\\\n'), { sourceColumn: 2, targetColumn: 1 });
    expect(await all(rows)).toEqual([{ source: 'a\\', target: 'q"' }]);
  });

  it('reads files of many pieces, also where a piece ends inside a character', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      source: `é${'x'.repeat(i % 13)}😀`,
      target: `${i}ü`,
    }));
    const path = await file(rows.map(({ source, target }) => `${source}\t${target}`).join('\n'));
    expect(await all(readTsv(path))).toEqual(rows);
    const long = 'é'.repeat(200_001);
    expect(await all(readTsv(await file(`${long}\tb\n`)))).toEqual([{ source: long, target: 'b' }]);
  });

  it('keeps a mark of byte order that is not at the start', async () => {
    expect(await all(readTsv(await file('a\tb\n\uFEFFc\td\n')))).toEqual([
      { source: 'a', target: 'b' },
      { source: '\uFEFFc', target: 'd' },
    ]);
  });

  it('hands out the rows before a bad one', async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { source } of readTsv(await file('a\tb\nc\n'))) seen.push(source);
    })();
    await expect(reading).rejects.toThrow(/:2: expected at least 2 columns/);
    expect(seen).toEqual(['a']);
  });

  it.each([
    [
      'a missing column',
      'a\tb\nonly one\n',
      'invalid-input',
      /readTsv: .*file\d+:2: expected at least 2 columns.*1: only one/,
    ],
    ['an empty target', 'a\tb\nc\t \n', 'invalid-input', /file\d+:2: expected the target not to be empty/],
    ['an empty source', '\tb\n', 'invalid-input', /file\d+:1: expected the source not to be empty/],
    ['a blank line', 'a\tb\n\nc\td\n', 'invalid-input', /file\d+:2: expected at least 2 columns/],
    ['an empty file', '', 'invalid-input', /file\d+:1: expected rows but received "an empty file"/],
    ['a byte order mark alone', '\uFEFF', 'invalid-input', /:1: expected rows but received "an empty file"/],
    ['newlines alone', '\n\r\n', 'invalid-input', /:1: expected rows but received "an empty file"/],
    ['spaces at the end', 'a\tb\n  \n', 'invalid-input', /file\d+:2: expected at least 2 columns/],
    [
      'bytes that are no UTF-8',
      invalidUtf8,
      'corrupt-file',
      /file\d+:2: expected text in UTF-8.*Save the file as UTF-8/,
    ],
    ['UTF-16', Buffer.from('\uFEFFa\tb\n', 'utf16le'), 'corrupt-file', /file\d+:1: expected text in UTF-8/],
  ])('names file, line and reason for %s', async (_, content, code, message) => {
    await expect(all(readTsv(await file(content)))).rejects.toEqual(failure(code, message));
  });

  it('says that a file cannot be read', async () => {
    const reading = all(readTsv(join(folder, 'nowhere.tsv')));
    await expect(reading).rejects.toEqual(failure('invalid-input', /cannot read .*nowhere\.tsv: ENOENT/));
    await expect(all(readTsv(folder))).rejects.toEqual(failure('invalid-input', /cannot read .*EISDIR/));
  });

  it('refuses wrong options at once', () => {
    expect(() => readTsv('x', { sourceColumn: 1 })).toThrow(/two different columns/);
    expect(() => readTsv('x', { targetColumn: -1 })).toThrow(/targetColumn/);
    expect(() => readTsv('x', { header: true } as never)).toThrow(/header/);
  });
});

describe('readJsonl', () => {
  it('reads pairs by their keys', async () => {
    const rows = pairs.map(({ source, target }) => JSON.stringify({ fr: target, en: source, id: 7 }));
    expect(await all(readJsonl(await file(rows.join('\r\n')), { source: 'en', target: 'fr' }))).toEqual(
      pairs,
    );
    expect(await all(readJsonl(await file(JSON.stringify(pairs[0]))))).toEqual([pairs[0]]);
  });

  it.each([
    [
      'no JSON',
      '{"source":"a","target":"b"}\n{"source":\n',
      'corrupt-file',
      /readJsonl: .*file\d+:2: expected one JSON value/,
    ],
    [
      'a blank line',
      '{"source":"a","target":"b"}\n\n{"source":"a","target":"b"}\n',
      'corrupt-file',
      /:2: expected one JSON value/,
    ],
    ['a newline alone', '\n', 'invalid-input', /an empty file/],
    [
      'a missing key',
      '{"source":"a"}\n',
      'invalid-input',
      /:1: expected an object with a text under 'target'.*\{source\}/,
    ],
    ['an inherited key', '{"__proto__":{"source":"a","target":"b"}}', 'invalid-input', /under 'source'/],
    ['a number', '{"source":5,"target":"b"}', 'invalid-input', /under 'source' but received 5/],
    ['no object', '["a","b"]', 'invalid-input', /under 'source' but received \["a", "b"\]/],
    ['null', 'null', 'invalid-input', /under 'source' but received null/],
    [
      'an empty sentence',
      '{"source":"a","target":""}',
      'invalid-input',
      /:1: expected 'target' not to be empty/,
    ],
    ['an empty file', '', 'invalid-input', /an empty file/],
  ])('names file, line and reason for %s', async (_, content, code, message) => {
    await expect(all(readJsonl(await file(content)))).rejects.toEqual(failure(code, message));
  });

  it('refuses wrong options at once', () => {
    expect(() => readJsonl('x', { source: 5 as never })).toThrow(/source to be the key/);
    expect(() => readJsonl('x', { from: 'en' } as never)).toThrow(/from/);
  });
});

describe('readParallel', () => {
  it('reads line by line, whatever ends the lines', async () => {
    const source = await file(pairs.map((pair) => pair.source).join('\r\n'));
    const target = await file(`\uFEFF${pairs.map((pair) => pair.target).join('\n')}\n`);
    expect(await all(readParallel(source, target))).toEqual(pairs);
  });

  it('can be left half-way', async () => {
    const [source, target] = [await file('a\nb\nc\n'), await file('d\ne\nf\n')];
    for await (const pair of readParallel(source, target)) {
      expect(pair).toEqual({ source: 'a', target: 'd' });
      break;
    }
  });

  it.each([
    [
      'fewer targets',
      'a\nb\n',
      'c\n',
      'invalid-input',
      /file(\d+):2: expected as many lines as .* has but received "only 1"/,
    ],
    ['fewer sources', 'a\n', 'c\nd\n', 'invalid-input', /:2: expected as many lines/],
    ['a blank source', 'a\n\nb\n', 'c\nd\ne\n', 'invalid-input', /:2: expected the source not to be empty/],
    ['a blank target', 'a\nb\nc\n', 'd\n\r\n\ne', 'invalid-input', /:2: expected the target not to be empty/],
    ['newlines at the end for lines', 'a\n\n', 'c\nd\n', 'invalid-input', /:2: expected as many lines/],
    ['no lines', '', '', 'invalid-input', /:1: expected lines but received "an empty file"/],
    ['no UTF-8', 'a\n', Buffer.of(0xff, 10), 'corrupt-file', /:1: expected text in UTF-8/],
  ])('names file, line and reason for %s', async (_, source, target, code, message) => {
    const reading = all(readParallel(await file(source), await file(target)));
    await expect(reading).rejects.toEqual(failure(code, message));
  });
});
