import { extraContextSection } from './extra-context.section.js';
import { firstRunSection } from './first-run.section.js';
import { identitySection } from './identity.section.js';
import { messagingSection } from './messaging.section.js';
import { projectContextSection } from './project-context.section.js';
import type { PromptInput, PromptSection } from './prompt-input.js';
import { runtimeSection } from './runtime.section.js';
import { safetySection } from './safety.section.js';
import { silentRepliesSection } from './silent-replies.section.js';
import { toolingSection } from './tooling.section.js';
import { userIdentitySection } from './user-identity.section.js';
import { workspaceSection } from './workspace.section.js';

/** In the order in which a model reads them. */
const SECTIONS: readonly PromptSection[] = [
  identitySection,
  firstRunSection,
  toolingSection,
  safetySection,
  workspaceSection,
  userIdentitySection,
  messagingSection,
  extraContextSection,
  projectContextSection,
  silentRepliesSection,
  runtimeSection,
];

/** The system prompt of a run. Equal input gives the same bytes. */
export function buildSystemPrompt(input: PromptInput): string {
  return SECTIONS.map((section) => section(input))
    .filter((text) => text !== undefined)
    .join('\n\n');
}
