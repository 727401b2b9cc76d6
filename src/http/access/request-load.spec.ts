import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { BODIES_OPEN_MAX_BYTES, REQUESTS_OPEN_MAX } from '../http.limits.js';
import { RequestLoad } from './request-load.js';

const REFUSED = expect.objectContaining({ code: 'RESOURCE_EXHAUSTED', retryAfterMs: 1_000 });
const BODY_LIMIT = 20 * 1024 * 1024;

describe('open requests', () => {
  let load: RequestLoad;

  beforeEach(() => {
    load = new RequestLoad();
  });

  /** Returns what ends the request. */
  function open(headers: Record<string, string> = {}): () => void {
    const raw = new EventEmitter();
    const request = { headers, routeOptions: { bodyLimit: BODY_LIMIT } };
    load.admit(request as unknown as FastifyRequest, { raw } as unknown as FastifyReply);
    return () => void raw.emit('close');
  }

  it('are refused when too many are open, until one of them has ended', () => {
    const ends = Array.from({ length: REQUESTS_OPEN_MAX }, () => open());
    expect(() => open()).toThrow(REFUSED);
    ends[0]?.();
    open();
    expect(() => open()).toThrow(REFUSED);
  });

  it('are refused when their bodies are too large together, but for those without one', () => {
    const half = String(BODIES_OPEN_MAX_BYTES / 2);
    const end = open({ 'content-length': half });
    open({ 'content-length': half });
    expect(() => open({ 'content-length': '1' })).toThrow(REFUSED);
    open();
    end();
    open({ 'content-length': half });
  });

  it('count for what their route takes when they do not say how long they are', () => {
    const most = Math.floor(BODIES_OPEN_MAX_BYTES / BODY_LIMIT);
    for (let count = 0; count < most; count++) open({ 'transfer-encoding': 'chunked' });
    expect(() => open({ 'transfer-encoding': 'chunked' })).toThrow(REFUSED);
  });
});
