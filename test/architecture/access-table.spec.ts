import { describe, expect, it } from 'vitest';
import { accessTable } from '../support/access/access-table.js';
import { renderAccess } from '../support/access/render-access.js';

describe('the access table', () => {
  const rows = accessTable();

  it('has a rule for every method and every route', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ rule }) => rule === undefined)).toEqual([]);
  });

  it('asks for no more than a role to come in, and for a scope beyond', () => {
    const unscoped = rows.filter(({ rule }) => rule?.role !== 'none' && rule?.scope === undefined);
    expect(unscoped).toEqual([]);
  });

  it('is open without credentials for these alone', () => {
    const open = rows.filter(({ rule }) => rule?.role === 'none').map(({ name }) => name);
    expect(open.filter((name) => !/^GET \/docs(\/|$)/.test(name))).toEqual([
      'browser.pairing.status',
      'connect',
      'health',
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      // Whoever comes back from an authorization server proves by his state which sign-in is his.
      'GET /v1/mcp/oauth/callback',
      'POST /v1/mcp/oauth/callback',
    ]);
  });

  it('is the one in the documentation; npm run docs:access writes it', async () => {
    await expect(renderAccess(rows)).toMatchFileSnapshot('../../docs/access.md');
  });
});
