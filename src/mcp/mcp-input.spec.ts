import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '#crypto';
import { SealedFields } from '#permissions';
import type { McpServerRow } from '#store';
import { columnsOf } from './mcp-input.js';

const sealed = new SealedFields(new SecretBox(randomBytes(32)));

function row(values: Partial<McpServerRow> = {}): McpServerRow {
  return {
    id: 'i',
    version: 1,
    created_at: new Date(0),
    updated_at: new Date(0),
    name: 'wiki',
    display_name: null,
    transport: 'sse',
    command: null,
    args: [],
    url: 'https://wiki.test/sse',
    headers: sealed.map('headers', { 'X-Key': 'k3y' }, null) ?? null,
    env: null,
    api_key: sealed.text('sk-1') ?? null,
    tool_prefix: null,
    timeout_sec: 60,
    settings: {},
    enabled: true,
    created_by: 'root',
    ...values,
  };
}

describe('An MCP server that moves to another host', () => {
  const url = 'https://evil.test/sse';
  const headers = { 'X-Key': 'new' };

  it.each([
    [{ url }, 'headers is required again'],
    [{ url, headers: { 'X-Key': '***' }, api_key: 'sk-2' }, 'headers is required again'],
    [{ url, headers }, 'api_key is required again'],
    [{ url, headers, api_key: '***' }, 'api_key is required again'],
    [{ url, headers: null, api_key: '' }, 'api_key is required again'],
    [{ url: 'http://wiki.test/sse' }, 'headers is required again'],
  ])('does not take its stored secrets along: %j', (input, why) => {
    expect(() => columnsOf(input, row(), sealed)).toThrow(why);
  });

  it.each([
    { url, headers, api_key: 'sk-2' },
    { url, headers: null, api_key: null },
    { url: 'https://wiki.test/v2/sse' },
    { headers: { 'X-Key': '***' }, api_key: '***' },
  ])('or stays where it is, may be changed by %j', (input) => {
    expect(columnsOf(input, row(), sealed)).toMatchObject('url' in input ? { url: input.url } : {});
  });
});
