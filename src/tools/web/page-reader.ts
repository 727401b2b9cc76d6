import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clock } from '#kernel';
import { FairSlots } from '../executor/fair-slots.js';
import type { PageAnswer, PageJob } from './page-job.js';
import {
  READER_IDLE_MS,
  READER_MEMORY_MB,
  READER_TIMEOUT_MS,
  READERS_MAX,
  READERS_PER_USER_MAX,
  READERS_WAITING_MAX,
} from './web.limits.js';

/** Beside this file, compiled or not. */
const PROGRAM = fileURLToPath(new URL(`./page-process${extname(import.meta.url)}`, import.meta.url));

interface IdleReader {
  readonly child: ChildProcess;
  readonly cancelEnd: () => void;
}

/**
 * Turns pages into what can be read, in processes that are ended when they take too long or too much: the pages that one
 * user asks for keep nobody else waiting. They are started when they are needed, and end when they are not.
 */
@Injectable()
export class PageReader implements OnModuleDestroy {
  private readonly slots = new FairSlots({
    max: READERS_MAX,
    perUserMax: READERS_PER_USER_MAX,
    waitingMax: READERS_WAITING_MAX,
  });
  private readonly idle: IdleReader[] = [];
  private readonly all = new Set<ChildProcess>();

  constructor(private readonly clock: Clock) {}

  /** `undefined` for a page that cannot be read in the time and memory there are. Rejects with the signal's reason. */
  async read(job: PageJob, user: string, signal: AbortSignal): Promise<PageAnswer | undefined> {
    const giveBack = await this.slots.take(user, signal);
    if (!giveBack) return undefined;
    try {
      const child = this.take();
      const answer = await this.answerOf(child, job, signal);
      if (answer) this.keep(child);
      else child.kill('SIGKILL');
      signal.throwIfAborted();
      return answer;
    } finally {
      giveBack();
    }
  }

  onModuleDestroy(): void {
    for (const { cancelEnd } of this.idle.splice(0)) cancelEnd();
    for (const child of this.all) child.kill('SIGKILL');
  }

  /** `undefined` when it is given up, takes too long, or is gone. */
  private answerOf(child: ChildProcess, job: PageJob, signal: AbortSignal): Promise<PageAnswer | undefined> {
    return new Promise((resolve) => {
      const end = (answer?: PageAnswer): void => {
        cancelLimit();
        signal.removeEventListener('abort', giveUp);
        child.off('message', end).off('exit', giveUp).off('error', giveUp);
        resolve(answer);
      };
      const giveUp = (): void => end();
      const cancelLimit = this.clock.after(READER_TIMEOUT_MS, giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
      child.on('message', end).on('exit', giveUp).on('error', giveUp);
      child.send(job, (error) => error && giveUp());
    });
  }

  private take(): ChildProcess {
    const known = this.idle.pop();
    if (known) {
      known.cancelEnd();
      return known.child;
    }
    const child = fork(PROGRAM, {
      env: {},
      execArgv: [`--max-old-space-size=${READER_MEMORY_MB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.unref();
    child.channel?.unref();
    this.all.add(child);
    child.on('error', () => this.forget(child));
    child.once('exit', () => this.forget(child));
    return child;
  }

  private keep(child: ChildProcess): void {
    const cancelEnd = this.clock.after(READER_IDLE_MS, () => {
      // At once: it is gone before the system says so.
      this.forget(child);
      child.kill('SIGKILL');
    });
    this.idle.push({ child, cancelEnd });
  }

  private forget(child: ChildProcess): void {
    this.all.delete(child);
    const at = this.idle.findIndex((one) => one.child === child);
    if (at >= 0) this.idle.splice(at, 1)[0]?.cancelEnd();
  }
}
