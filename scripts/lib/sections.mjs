/**
 * Runs sections side by side, each on a core of its own, and prints what a section says when it has ended.
 *
 * @param sections in the order in which they start
 * @param lanes how many run at once
 * @param options `announce` tells when a section starts, too
 * @returns the names of those that failed
 */
export async function runSections(sections, lanes, { announce = false } = {}) {
  const started = performance.now();
  const failed = [];
  const ended = new Map();
  const waiting = [...sections];
  let running = 0;
  const isReady = ({ needs = [], alone = false }) =>
    needs.every((name) => ended.has(name)) &&
    (!alone || (running === 0 && waiting.every((one) => one.alone)));

  await new Promise((done) => {
    const startMore = () => {
      if (ended.size === sections.length) return done();
      while (running < lanes) {
        const at = waiting.findIndex(isReady);
        if (at < 0) return;
        const [section] = waiting.splice(at, 1);
        running++;
        void runOne(section).then(() => {
          running--;
          startMore();
        });
      }
    };
    startMore();
  });
  return failed;

  async function runOne({ name, needs = [], run }) {
    const start = performance.now();
    const seconds = () => ((performance.now() - start) / 1000).toFixed(0);
    let output = '';
    const missing = needs.filter((other) => failed.includes(other));
    if (announce) console.log(`   ${name} starts at ${((start - started) / 1000).toFixed(0)} s`);
    const well =
      missing.length === 0 &&
      (await run((text) => (output += text)).catch((error) => {
        output += `${error.stack}\n`;
        return false;
      }));
    if (missing.length > 0) output += `${missing.join(' and ')} failed.\n`;
    if (!well) failed.push(name);
    ended.set(name, well);
    console.log(
      `\n━━ ${name}\n${output.trimEnd()}\n━━ ${name}: ${well ? '' : 'FAILED after '}${seconds()} s\n`,
    );
  }
}
