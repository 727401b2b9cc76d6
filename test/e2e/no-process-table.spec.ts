import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onSmallDisk, smallDiskLack } from '../support/gateway/index.js';

const lack = smallDiskLack();

/** Starts a program as commands are started, says its id, and ends at once. */
const PROGRAM = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SystemClock } from ${JSON.stringify(resolve('dist/src/kernel/index.js'))};
import { HostProcesses } from ${JSON.stringify(resolve('dist/src/processes/index.js'))};
const processes = new HostProcesses(new SystemClock());
await processes.onModuleInit();
const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
await once(child, 'spawn');
processes.add(child.pid, processes.newMark());
console.log(child.pid);
process.exit();
`;

/** Empty once its process has ended. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

describe.skipIf(lack !== undefined)(`a host without /proc${lack ? ` [${lack}]` : ''}`, () => {
  it('keeps no command of a gateway that ends at once', async () => {
    const [command = '', ...args] = onSmallDisk('/proc', 64);
    const node = [process.execPath, '--input-type=module', '--eval', PROGRAM];
    const pid = execFileSync(command, [...args, ...node], { encoding: 'utf8' }).trim();
    expect(pid).toMatch(/^\d+$/);
    await expect.poll(() => commandOf(pid)).toBe('');
  });
});
