import { landed, type Requirements } from './requirement.js';

const SHOWN = 'src/agent/loop/shown-output.spec.ts';
const SETS = 'src/tools/registry/toolsets.spec.ts';

/** What holds for all tools together. */
export const TOOLS_WHOLE: Requirements = {
  'R4-every-tool': landed(
    'an agent reads, edits, searches, executes in the sandbox, browses, calls an MCP tool and a custom one in one conversation, on both formats',
    'test/e2e/every-tool.spec.ts › reads, edits, searches, executes in a sandbox, browses, and calls an MCP tool and a custom one, in one conversation',
  ),
  'R4-tools-of-a-user': landed(
    'who has which tools differs by agent and user; a run keeps those it began with; no source takes a name of the program',
    `${SETS} › are with those of every source, sorted, for whom they are offered`,
    `${SETS} › never lose one of the program to a source, nor one of a source to a later one`,
    `${SETS} › are the same object while nothing changed, and others afterwards; who has them keeps them`,
  ),
  'R4-output-watched': landed(
    'the output of tools is streamed to watchers, bounded and in pieces',
    `${SHOWN} › is published in pieces, not line by line`,
    `${SHOWN} › comes before the result, and nothing of it after`,
    `${SHOWN} › is bounded, and says so once`,
  ),
};
