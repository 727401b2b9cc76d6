import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/bin', '/snap/bin', '/opt/homebrew/bin'];

/** The browser to start: the configured one when it can be run, else the first that is found. */
export async function findChromium(configured: string | undefined): Promise<string | undefined> {
  for (const path of configured === undefined ? candidates() : [configured]) {
    if (isAbsolute(path) && (await isExecutable(path))) return path;
  }
  return undefined;
}

/** What to do where {@link findChromium} found none. */
export function chromiumLack(configured: string | undefined): string {
  return configured === undefined
    ? 'No Chromium was found on the gateway. An admin can install it (Debian: apt-get install chromium), or set GOCLAW_CHROMIUM to the path of one.'
    : `There is no program at ${configured}. An admin can set GOCLAW_CHROMIUM or tools.browser.executable_path to the absolute path of Chromium.`;
}

function candidates(): readonly string[] {
  return [...PROGRAMS.flatMap((name) => DIRECTORIES.map((directory) => join(directory, name))), ...ELSEWHERE];
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
