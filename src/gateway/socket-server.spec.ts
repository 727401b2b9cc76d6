import { describe, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import type { SocketRegistry } from './socket-registry.js';
import { SOCKETS_MAX, SocketServer } from './socket-server.js';

describe('the door for sockets', () => {
  function withSockets(count: number): SocketServer {
    const sockets = { count, all: new Set(), connected: () => [] };
    return new SocketServer(sockets as unknown as SocketRegistry, new SystemClock());
  }

  it('is open as long as there is room, and says so when there is none', () => {
    expect(withSockets(SOCKETS_MAX - 1).refusal).toBeUndefined();
    expect(withSockets(SOCKETS_MAX).refusal).toContain('Try again later');
  });

  it('is closed from the announcement of the shutdown on', () => {
    const server = withSockets(0);
    server.announceShutdown();
    expect(server.refusal).toContain('shutting down');
  });
});
