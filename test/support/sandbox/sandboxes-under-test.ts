import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '#config';
import type { Sandbox, SandboxTerms } from '#contracts';
import { KernelModule } from '#kernel';
import { SandboxConfig, SandboxModule, type SandboxOwner, Sandboxes, sandboxTermsOf } from '#sandbox';
import { loadAppConfig } from '../../../src/app.config.js';

export interface SandboxesUnderTest extends AsyncDisposable {
  readonly sandboxes: Sandboxes;
  /** A directory for a workspace. */
  readonly workspace: string;
  /** With defaults for who asks: tests that say nothing share one. */
  open(terms?: Partial<SandboxTerms>, owner?: Partial<SandboxOwner>, workspace?: string): Promise<Sandbox>;
}

/** The terms of an agent without settings of its own, small enough for tests. */
export function termsOf(image: string, changes: Partial<SandboxTerms> = {}): SandboxTerms {
  const defaults = Object.assign(new SandboxConfig(), {
    mode: 'all',
    image,
    memory_mb: 128,
    tmpfs_size_mb: 32,
  });
  const terms = sandboxTermsOf(defaults, undefined, false);
  if (!terms) throw new Error('There is no sandbox by these settings.');
  return { ...terms, ...changes };
}

/** The module, on an engine. */
export async function sandboxesAt(dockerHost: string, image: string): Promise<SandboxesUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-sandbox-'));
  const config = loadAppConfig(join(directory, 'none.json'), { DOCKER_HOST: dockerHost });
  const module = await Test.createTestingModule({
    imports: [KernelModule, ConfigModule.forRoot(config), SandboxModule],
  }).compile();
  await module.init();
  const sandboxes = module.get(Sandboxes);
  const someone: SandboxOwner = { userId: 'ada', agentId: 'agent', sessionKey: 'session' };
  return {
    sandboxes,
    workspace: directory,
    open: (changes = {}, owner = {}, workspace = directory) =>
      sandboxes.open(
        termsOf(image, changes),
        { ...someone, ...owner },
        workspace,
        AbortSignal.timeout(60_000),
      ),
    [Symbol.asyncDispose]: async () => {
      await module.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
