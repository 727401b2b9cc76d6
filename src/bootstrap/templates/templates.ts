import { FIRST_RUN_FILE, USER_FILE, type ContextFileName } from '../context-file-names.js';
import { AGENTS_TEMPLATE } from './agents-template.js';
import { BOOTSTRAP_TEMPLATE } from './bootstrap-template.js';
import { HEARTBEAT_TEMPLATE } from './heartbeat-template.js';
import { type Identity, identityFile } from './identity-template.js';
import { SOUL_TEMPLATE } from './soul-template.js';
import { TOOLS_TEMPLATE } from './tools-template.js';
import { USER_TEMPLATE } from './user-template.js';

/** What every context file begins with. */
export function templates(identity: Identity = {}): ReadonlyMap<ContextFileName, string> {
  return new Map<ContextFileName, string>([
    ['AGENTS.md', AGENTS_TEMPLATE],
    ['SOUL.md', SOUL_TEMPLATE],
    ['TOOLS.md', TOOLS_TEMPLATE],
    ['IDENTITY.md', identityFile(identity)],
    [USER_FILE, USER_TEMPLATE],
    ['HEARTBEAT.md', HEARTBEAT_TEMPLATE],
    [FIRST_RUN_FILE, BOOTSTRAP_TEMPLATE],
  ]);
}

/** All of an agent that meets nobody for the first time: without the first conversation. */
export function templatesOfPredefined(identity: Identity = {}): ReadonlyMap<ContextFileName, string> {
  return new Map([...templates(identity)].filter(([name]) => name !== FIRST_RUN_FILE));
}
