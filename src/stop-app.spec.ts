import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunService } from '#agent';
import { ChannelManager } from '#channels';
import { ConfigService } from '#config';
import { SocketServer } from '#gateway';
import { Readiness } from '#http';
import { RunRecovery, Scheduler } from '#scheduler';
import { type Database, JobQueue } from '#store';
import type { StartedApp } from './start-app.js';
import { stopApp } from './stop-app.js';

const GRACE_SEC = 7;

/** An app that notes what is done to it; its HTTP server does not close while a connection is open. */
function fakeApp(overrides: { drain?: () => Promise<void>; stopJobs?: () => Promise<void> } = {}): {
  started: StartedApp;
  done: string[];
} {
  const done: string[] = [];
  let connectionsGone = (): void => undefined;
  const note = (what: string) => async (): Promise<void> => void done.push(what);
  const parts = new Map<unknown, object>([
    [ConfigService, { get: () => ({ shutdown_grace_sec: GRACE_SEC }) }],
    [Readiness, { stop: note('not ready') }],
    [SocketServer, { announceShutdown: note('announced'), closeAll: note('sockets closed') }],
    [ChannelManager, { stopReceiving: note('channels stopped'), stop: note('replies sent') }],
    [JobQueue, { stop: overrides.stopJobs ?? note('jobs stopped') }],
    [
      Scheduler,
      {
        drain: async (graceMs: number) => {
          done.push(`runs drained within ${graceMs} ms`);
          await overrides.drain?.();
        },
      },
    ],
    [RunRecovery, { handOver: note('handed over') }],
    [RunService, { leaveAll: note('waiting clients answered') }],
  ]);
  const app = {
    get: (type: unknown) => parts.get(type),
    getHttpServer: () => ({
      closeAllConnections: () => {
        done.push('connections cut');
        connectionsGone();
      },
    }),
    close: () => new Promise<void>((resolve) => (connectionsGone = resolve)),
  };
  const started: StartedApp = {
    app: app as unknown as NestFastifyApplication,
    database: { close: async () => void done.push('database closed') } as unknown as Database,
    url: '',
  };
  return { started, done };
}

describe('stopping', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    for (const level of ['log', 'error'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
    }
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('gives runs the configured time, then HTTP 4 s, and closes the database last', async () => {
    const { started, done } = fakeApp();
    const stopped = stopApp(started);
    await vi.advanceTimersByTimeAsync(3_999);
    const before = [
      'not ready',
      'announced',
      'channels stopped',
      'jobs stopped',
      'runs drained within 7000 ms',
      'handed over',
      'waiting clients answered',
      'replies sent',
      'sockets closed',
    ];
    expect(done).toEqual(before);
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    expect(done).toEqual([...before, 'connections cut', 'database closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on when a step fails', async () => {
    const { started, done } = fakeApp({ drain: () => Promise.reject(new Error('no')) });
    const stopped = stopApp(started);
    await vi.advanceTimersByTimeAsync(4_000);
    await stopped;
    expect(done.slice(-6)).toEqual([
      'handed over',
      'waiting clients answered',
      'replies sent',
      'sockets closed',
      'connections cut',
      'database closed',
    ]);
  });

  it('is over 10 s after the time of the runs, however much hangs, and every step had its chance', async () => {
    const forever = (): Promise<void> => new Promise(() => undefined);
    const { started, done } = fakeApp({ drain: forever, stopJobs: forever });
    let isOver = false;
    const stopped = stopApp(started).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(GRACE_SEC * 1_000 + 9_999);
    expect(isOver).toBe(false);
    expect(done).not.toContain('handed over');
    await vi.advanceTimersByTimeAsync(1_000);
    await stopped;
    expect(done).toEqual(expect.arrayContaining(['handed over', 'replies sent', 'sockets closed']));
    expect(done.at(-1)).toBe('database closed');
  });

  it('happens once, however often it is asked for', async () => {
    const { started, done } = fakeApp();
    const stops = [stopApp(started), stopApp(started)];
    await vi.advanceTimersByTimeAsync(4_000);
    await Promise.all(stops);
    expect(done.filter((step) => step === 'database closed')).toHaveLength(1);
  });
});
