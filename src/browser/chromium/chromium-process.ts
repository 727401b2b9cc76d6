import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { makeProfile, removeProfile } from './browser-profile.js';
import { chromiumFlags } from './chromium-flags.js';

/** `nobody`: what the browser runs as where the gateway is root, so that its own sandbox works and files stay shut. */
const UNPRIVILEGED_ID = 65_534;
const STDERR_KEPT_CHARS = 2_000;
/** Pipes of `--remote-debugging-pipe`: the browser reads from 3 and writes to 4. */
const TO_BROWSER_FD = 3;
const FROM_BROWSER_FD = 4;

export interface ChromiumStart {
  readonly executable: string;
  readonly headless: boolean;
  readonly sandbox: boolean;
  /** Where windows are shown. */
  readonly display: string | undefined;
}

/** One running browser with all its processes. Ends with the gateway, however that ends: its pipe closes. */
export class ChromiumProcess {
  /** Resolves when the browser has ended and its files are removed. */
  readonly ended: Promise<void>;
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    /** Its directory; it is removed with its end. */
    readonly profile: string,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said = `${this.said}${text}`.slice(-STDERR_KEPT_CHARS);
    });
    this.ended = this.cleanUp();
  }

  /** @throws when the program cannot be run. */
  static async start({ executable, headless, sandbox, display }: ChromiumStart): Promise<ChromiumProcess> {
    const uid = process.getuid?.() === 0 ? UNPRIVILEGED_ID : undefined;
    const profile = await makeProfile(uid);
    const child = spawn(executable, chromiumFlags({ profile, headless, sandbox }), {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: environment(profile, display),
      cwd: profile,
      ...(uid !== undefined && { uid, gid: uid }),
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      await removeProfile(profile);
      throw error;
    }
    lowerPriority(child.pid);
    return new ChromiumProcess(child, profile);
  }

  /** Id of the process, and of the group of all its processes. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get toBrowser(): Writable {
    return this.child.stdio[TO_BROWSER_FD] as Writable;
  }

  get fromBrowser(): Readable {
    return this.child.stdio[FROM_BROWSER_FD] as Readable;
  }

  /** The end of what it wrote on its way, for the log. */
  get lastWords(): string {
    return this.said.trim();
  }

  /** Ends all its processes at once. Idempotent. */
  kill(): void {
    try {
      if (this.pid > 0) process.kill(-this.pid, 'SIGKILL');
    } catch {
      // All of them are gone already.
    }
  }

  private async cleanUp(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    this.kill();
    await removeProfile(this.profile).catch(() => undefined);
  }
}

/** Never the gateway's own: that holds secrets. */
function environment(profile: string, display: string | undefined): NodeJS.ProcessEnv {
  return {
    HOME: profile,
    TMPDIR: profile,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(display !== undefined && { DISPLAY: display }),
  };
}

/** Pages that compute do it after the gateway. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A convenience: some systems do not allow it.
  }
}
