import { Logger } from '@nestjs/common';
import { beforeAll, expect, it } from 'vitest';
import { CacheInvalidated } from '#bus';
import type { ConfigService } from '#config';
import type { SealedFields } from '#permissions';
import { DatabaseConfig, type ProviderRow, type ProviderStore, StoreError } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import type { ProviderRegistry } from '../provider-registry.js';
import { DatabaseProviders } from './database-providers.js';

beforeAll(() => Logger.overrideLogger(false));

const ROW = {
  name: 'acme',
  provider_type: 'openai_compat',
  api_base: 'http://a.test',
  enabled: true,
  settings: {},
};

/** Providers of a table that can be away. */
function start() {
  const clock = new ManualClock();
  const table = { rows: [ROW], isAway: false };
  const registered: string[][] = [];
  const all = (): Promise<ProviderRow[]> =>
    table.isAway
      ? Promise.reject(new StoreError('unavailable', 'away'))
      : Promise.resolve(table.rows.map((row) => ({ ...row, api_key: null }) as ProviderRow));
  const registry = {
    replaceAll: (_: string, settings: { name: string }[]) =>
      registered.push(settings.map(({ name }) => name)),
  };
  const config = { get: () => Object.assign(new DatabaseConfig(), { mode: 'managed' }) };
  const providers = new DatabaseProviders(
    { all } as unknown as ProviderStore,
    registry as unknown as ProviderRegistry,
    {} as SealedFields,
    config as unknown as ConfigService,
    clock,
  );
  return { providers, clock, table, registered };
}

it('a provider that was deleted while the database could not be read is gone as soon as it can', async () => {
  const { providers, clock, table, registered } = start();
  await providers.onModuleInit();
  table.rows = [];
  table.isAway = true;
  await providers.handle(new CacheInvalidated('providers', 'acme'));
  expect(registered).toEqual([['acme']]);
  clock.advance(2_000);
  await providers.reload();
  table.isAway = false;
  clock.advance(2_000);
  await expect.poll(() => registered).toEqual([['acme'], []]);
  expect(clock.pending).toBe(0);
});

it('a provider that was changed between the first reading and the first news is as it is now', async () => {
  const { providers, table, registered } = start();
  await providers.onModuleInit();
  table.rows = [];
  providers.onApplicationBootstrap();
  await expect.poll(() => registered).toEqual([['acme'], []]);
});

it('nothing is tried again once the gateway stops', async () => {
  const { providers, clock, table } = start();
  table.isAway = true;
  await providers.reload();
  expect(clock.pending).toBe(1);
  providers.onModuleDestroy();
  await providers.reload();
  expect(clock.pending).toBe(0);
});
