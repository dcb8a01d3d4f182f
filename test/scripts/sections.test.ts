import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runSections, type Section } from '../../scripts/lib/sections.mjs';

/** What happened, in order. */
let log: string[] = [];
let printed = '';

beforeEach(() => {
  log = [];
  printed = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    printed += `${text}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A section that takes a number of turns. */
function section(name: string, turns: number, more: Partial<Section> = {}): Section {
  return {
    name,
    async run(onOutput) {
      log.push(`+${name}`);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
      onOutput(`${name} says so\n`);
      log.push(`-${name}`);
      return true;
    },
    ...more,
  };
}

it('runs as many at once as there are lanes, in order, and what measures time alone', async () => {
  const timed = section('timed', 1, { alone: true });
  const failed = await runSections([timed, section('long', 9), section('a', 1), section('b', 2)], 2);
  expect(failed).toEqual([]);
  expect(log).toEqual(['+long', '+a', '-a', '+b', '-b', '-long', '+timed', '-timed']);
});

it('waits for what is needed, and prints each section whole', async () => {
  await runSections([section('b', 1, { needs: ['a'] }), section('a', 3), section('c', 1)], 3);
  expect(log).toEqual(['+a', '+c', '-c', '-a', '+b', '-b']);
  expect(printed).toMatch(/━━ c\nc says so\n━━ c: 0 s\n[^]*━━ a\na says so\n━━ a: 0 s\n[^]*━━ b\nb says so/);
});

it('names what failed, threw or could not start, and goes on', async () => {
  const failed = await runSections(
    [
      section('fails', 0, { run: () => Promise.resolve(false) }),
      section('throws', 0, { run: () => Promise.reject(new Error('out of paper')) }),
      section('follows', 1, { needs: ['fails'] }),
      section('other', 1),
    ],
    1,
  );
  expect(failed).toEqual(['fails', 'throws', 'follows']);
  expect(log).toEqual(['+other', '-other']);
  expect(printed).toContain('Error: out of paper');
  expect(printed).toContain('fails failed.');
});
