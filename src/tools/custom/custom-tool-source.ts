import { Injectable } from '@nestjs/common';
import { DefineToolSource, type Offer, type ToolSource, type ToolUser, type WithheldTool } from '#contracts';
import type { CustomToolRow } from '#store';
import { CUSTOM_TOOLS_MAX, CustomToolCatalog, type CustomToolSet } from './custom-tool-catalog.js';
import { CustomToolRunner } from './custom-tool-runner.js';

const SOURCE = 'custom';
const UNREADABLE: Offer = {
  tools: [],
  withheld: [
    {
      name: 'custom tools',
      source: SOURCE,
      reason: 'The database did not answer when the custom tools were to be read; the next run tries again.',
    },
  ],
};

/** The tools that admins made of commands: those of all agents, and the agent's own, which go before. */
@Injectable()
@DefineToolSource(10)
export class CustomToolSource implements ToolSource {
  /** Of each set of tools, what agents are offered; an agent without tools of its own under the empty id. */
  private readonly offers = new WeakMap<CustomToolSet, Map<string, Offer>>();

  constructor(
    private readonly catalog: CustomToolCatalog,
    private readonly runner: CustomToolRunner,
  ) {}

  async offer({ agent }: ToolUser): Promise<Offer> {
    const set = await this.catalog.current();
    if (!set) return UNREADABLE;
    const offers = this.offers.get(set) ?? this.offersOf(set);
    return offers.get(agent.id) ?? offers.get('') ?? this.toOffer(set, []);
  }

  private offersOf(set: CustomToolSet): Map<string, Offer> {
    const rows = [...set.byId.values()];
    const common = rows.filter(({ agent_id }) => agent_id === null);
    const owners = new Set(rows.flatMap(({ agent_id }) => (agent_id === null ? [] : [agent_id])));
    const offers = new Map([['', this.toOffer(set, common)]]);
    for (const owner of owners) {
      const own = rows.filter(({ agent_id }) => agent_id === owner);
      const names = new Set(own.map(({ name }) => name));
      offers.set(owner, this.toOffer(set, [...own, ...common.filter(({ name }) => !names.has(name))]));
    }
    this.offers.set(set, offers);
    return offers;
  }

  private toOffer(set: CustomToolSet, rows: readonly CustomToolRow[]): Offer {
    const withheld: WithheldTool[] = set.isCut ? [cutOff()] : [];
    const tools = rows.map((row) => this.runner.offered(row, (agentId) => this.rowNow(row.id, agentId)));
    return { tools, withheld };
  }

  /** A tool may have been withdrawn, or given to another agent, since a run began. */
  private async rowNow(id: string, agentId: string): Promise<CustomToolRow | undefined> {
    const row = (await this.catalog.current())?.byId.get(id);
    return row && (row.agent_id === null || row.agent_id === agentId) ? row : undefined;
  }
}

function cutOff(): WithheldTool {
  const reason = `More than ${CUSTOM_TOOLS_MAX} custom tools are enabled, so some are left out: disable what nobody uses.`;
  return { name: 'custom tools', source: SOURCE, reason };
}
