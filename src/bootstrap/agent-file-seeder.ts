import { Injectable } from '@nestjs/common';
import { ContextFileStore, type Queryable } from '#store';
import type { ContextAgent } from './context-file.js';
import type { Identity } from './templates/identity-template.js';
import { identityFile } from './templates/identity-template.js';
import { templatesOfPredefined } from './templates/templates.js';

/** The files that an agent has from its beginning. */
@Injectable()
export class AgentFileSeeder {
  constructor(private readonly store: ContextFileStore) {}

  /** A predefined agent has all but the first conversation; an open one an IDENTITY.md, when something is known. */
  async seed(tx: Queryable, agent: Pick<ContextAgent, 'id' | 'type'>, identity: Identity): Promise<void> {
    const isKnown = Object.values(identity).some((value) => value !== undefined);
    const files =
      agent.type === 'predefined'
        ? templatesOfPredefined(identity)
        : new Map(isKnown ? [['IDENTITY.md', identityFile(identity)] as const] : []);
    await this.store.seed(tx, { agentId: agent.id }, files);
  }

  /** Brings IDENTITY.md to what is known now. */
  async present(tx: Queryable, agentId: string, identity: Identity): Promise<void> {
    await this.store.put(tx, { agentId }, 'IDENTITY.md', identityFile(identity));
  }
}
