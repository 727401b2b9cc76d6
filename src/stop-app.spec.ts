import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SocketServer } from '#gateway';
import { Readiness } from '#http';
import { Scheduler } from '#scheduler';
import type { Database } from '#store';
import type { StartedApp } from './start-app.js';
import { stopApp } from './stop-app.js';

/** An app that notes what is done to it; its HTTP server does not close while a connection is open. */
function fakeApp(overrides: { drain?: () => Promise<void> } = {}): { started: StartedApp; done: string[] } {
  const done: string[] = [];
  let connectionsGone = (): void => undefined;
  const parts = new Map<unknown, object>([
    [Readiness, { stop: () => done.push('not ready') }],
    [
      SocketServer,
      { announceShutdown: () => done.push('announced'), closeAll: async () => done.push('sockets closed') },
    ],
    [
      Scheduler,
      {
        drain: async (graceMs: number) => {
          done.push(`runs drained within ${graceMs} ms`);
          await overrides.drain?.();
        },
      },
    ],
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

  it('gives runs 20 s, then HTTP 5 s, and closes the database last', async () => {
    const { started, done } = fakeApp();
    const stopped = stopApp(started);
    await vi.advanceTimersByTimeAsync(4_999);
    const before = ['not ready', 'announced', 'runs drained within 20000 ms', 'sockets closed'];
    expect(done).toEqual(before);
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    expect(done).toEqual([...before, 'connections cut', 'database closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on when a step fails', async () => {
    const { started, done } = fakeApp({ drain: () => Promise.reject(new Error('no')) });
    const stopped = stopApp(started);
    await vi.advanceTimersByTimeAsync(5_000);
    await stopped;
    expect(done.slice(-3)).toEqual(['sockets closed', 'connections cut', 'database closed']);
  });
});
