import { exitCode } from './run.mjs';

/**
 * Makes sure that there is a Chromium for the tests in pages, which find it on the PATH.
 *
 * @returns whether there is
 */
export async function installChromium(onOutput) {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
    if (await works(name, ['--version'], onOutput)) return true;
  const apt = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', 'apt-get'];
  let said = 'Installing Chromium …\n';
  const say = (text) => (said += text);
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
  for (const args of [['update', '-qq'], install]) {
    if (await works(apt[0], [...apt.slice(1), ...args], say)) continue;
    onOutput(
      `${said}\nInstall Chromium for the tests in pages: apt-get update && apt-get install -y chromium\n`,
    );
    return false;
  }
  return true;
}

async function works(command, args, onOutput) {
  return (await exitCode(command, args, { onOutput }).catch(() => 1)) === 0;
}
