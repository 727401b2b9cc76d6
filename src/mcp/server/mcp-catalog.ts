import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { SealedFields } from '#permissions';
import { deploymentOf, McpServerStore } from '#store';
import { McpConfig } from '../mcp.config.js';
import type { McpServerTerms } from './server-terms.js';
import { termsOfConfig } from './terms-of-config.js';
import { termsOfRow } from './terms-of-row.js';

/** What could not be read is read again after this; until then there are the servers that were known. */
const RETRY_MS = 2_000;

/** The MCP servers in use: those of the configuration, and those of the database. Answers from memory. */
@Injectable()
export class McpCatalog {
  private readonly logger = new Logger('Mcp');
  private ofConfig:
    { readonly from: McpConfig['mcp_servers']; readonly terms: readonly McpServerTerms[] } | undefined;
  private ofDatabase: readonly McpServerTerms[] = [];
  private reading: Promise<void> | undefined;
  private staleAt: number | undefined = 0;
  private drops = 0;
  private all: readonly McpServerTerms[] = [];

  constructor(
    private readonly store: McpServerStore,
    private readonly sealed: SealedFields,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** By name; those of the configuration first. The same array while nothing changed. */
  async list(): Promise<readonly McpServerTerms[]> {
    if (this.staleAt !== undefined && this.clock.monotonic() >= this.staleAt)
      await (this.reading ??= this.read());
    const own = this.configured();
    const names = new Set(own.map(({ name }) => name));
    const next = [...own, ...this.ofDatabase.filter(({ name }) => !names.has(name))];
    if (next.length !== this.all.length || next.some((one, index) => one !== this.all[index]))
      this.all = next;
    return this.all;
  }

  async find(key: string): Promise<McpServerTerms | undefined> {
    return (await this.list()).find((one) => one.key === key);
  }

  /** The next who asks gets what is in the database then. */
  forget(): void {
    this.drops += 1;
    this.staleAt = 0;
    this.reading = undefined;
  }

  private configured(): readonly McpServerTerms[] {
    const { mcp_servers: from } = this.config.get(McpConfig);
    if (this.ofConfig?.from === from) return this.ofConfig.terms;
    const env = this.config.source?.env ?? {};
    const terms = Object.entries(from)
      .filter(([, { enabled }]) => enabled)
      .map(([name, server]) => termsOfConfig(name, server, env))
      .toSorted(byName);
    this.ofConfig = { from, terms };
    return terms;
  }

  private async read(): Promise<void> {
    const { drops } = this;
    try {
      const rows = deploymentOf(this.config).mode === 'managed' ? await this.store.enabled() : [];
      if (drops !== this.drops) return;
      const known = new Map(this.ofDatabase.map((one) => [one.fingerprint, one]));
      const terms = rows.map((row) => termsOfRow(row, this.sealed));
      this.ofDatabase = terms.map((one) => known.get(one.fingerprint) ?? one).toSorted(byName);
      this.staleAt = undefined;
    } catch (error) {
      this.logger.error('the MCP servers of the database cannot be read; it is tried again', error);
      this.staleAt = this.clock.monotonic() + RETRY_MS;
    } finally {
      if (drops === this.drops) this.reading = undefined;
    }
  }
}

function byName(a: McpServerTerms, b: McpServerTerms): number {
  return a.name < b.name ? -1 : 1;
}
