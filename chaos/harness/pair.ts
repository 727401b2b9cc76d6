import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayOptions } from '../../test/support/gateway/index.js';
import { Balancer } from './balancer.js';
import type { Replica } from './replica.js';
import type { Stage } from './stage.js';

/** Two gateways on one PostgreSQL and one volume, behind a balancer. */
export interface Pair {
  readonly replicas: readonly [Replica, Replica];
  readonly balancer: Balancer;
  readonly workspace: string;
}

/** Starts both. `first`: what the first one has of its own. */
export async function startPair(stage: Stage, dsn: string, first: GatewayOptions = {}): Promise<Pair> {
  const workspace = mkdtempSync(join(tmpdir(), 'goclaw-chaos-volume-'));
  stage.defer(async () => rmSync(workspace, { recursive: true, force: true }));
  const config = { agents: { defaults: { workspace } } };
  const replicas = [
    await stage.replica({ dsn, config, ...first }),
    await stage.replica({ dsn, config }),
  ] as const;
  for (const replica of replicas) await replica.start();
  const urls = replicas.map(({ url }) => url);
  const balancer = stage.use(await Balancer.start(urls, stage.random.fork('balancer')));
  return { replicas, balancer, workspace };
}
