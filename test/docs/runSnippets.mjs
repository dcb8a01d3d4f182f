// node --import tsx runSnippets.mjs FILE…
// Imports each module in turn, and prints one line of JSON about each.
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

let printed = [];
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'table']) {
  console[method] = (...values) => printed.push(format(...values));
}
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text) => {
  printed.push(String(text));
  return true;
};

for (const file of process.argv.slice(2)) {
  printed = [];
  const start = performance.now();
  let error = null;
  try {
    await Promise.race([import(pathToFileURL(file).href), timeout(60_000)]);
  } catch (caught) {
    error = caught instanceof Error ? ownFrames(caught.stack ?? caught.message) : String(caught);
  }
  write(`${JSON.stringify({ file, error, printed, milliseconds: Math.round(performance.now() - start) })}\n`);
}
process.exit(0);

function timeout(milliseconds) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`still runs after ${milliseconds / 1000} s`)), milliseconds).unref();
  });
}

/** A stack without the frames of Node and of packages. */
function ownFrames(stack) {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*(node:internal|node_modules)/.test(line))
    .join('\n');
}
