import { parseFixture, type Fixture, type FixtureEntry, type FixtureIndex } from '../parity/fixture.js';

/** The repository's folder of golden files, as the test server has it. */
const FOLDER = '/test/fixtures/torch';

/** What the golden files hold, of these kinds. */
export async function fetchIndex(kinds: readonly string[]): Promise<FixtureEntry[]> {
  const { cases } = (await (await get('index.json')).json()) as FixtureIndex;
  return cases.filter(({ kind }) => kinds.includes(kind));
}

/** One case. */
export async function fetchFixture(entry: FixtureEntry): Promise<Fixture> {
  const json = (await (await get(`${entry.name}.json`)).json()) as Fixture['json'];
  if (!entry.tensors) return parseFixture(entry, json, null);
  const tensors = await (await get(`${entry.name}.safetensors`)).arrayBuffer();
  return parseFixture(entry, json, new Uint8Array(tensors));
}

async function get(file: string): Promise<Response> {
  const response = await fetch(`${FOLDER}/${file}`);
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  return response;
}
