import { landed, type Requirements } from './requirement.js';

const SHOWN = 'src/agent/loop/shown-output.spec.ts';
const SETS = 'src/tools/registry/toolsets.spec.ts';
const DISK = 'test/e2e/full-disk.spec.ts';
const HOT = 'test/e2e/tools-hot-reload.spec.ts';

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
  'R4-full-disk': landed(
    'a disk that is full is a result for the model, of files, commands and pictures; the gateway goes on',
    `${DISK} › takes no file, and says so: what is there stays as it is, and nothing half-written is left`,
    `${DISK} › takes no picture, and says so`,
    `${DISK} › lets commands run that print much or go on in the background`,
  ),
  'R4-hot-reload': landed(
    'what an admin changes in the sections tools and sandbox holds with the next call, without a restart',
    `${HOT} › is obeyed by the policy with the next call: profile, allow, deny, alsoAllow, byProvider, byChannel`,
    `${HOT} › is obeyed by approvals: security, ask, allowlist, timeout_sec`,
    `${HOT} › is obeyed by commands: host, env, the limits of time, files, memory, processes and the background`,
    `${HOT} › is obeyed by what is counted, scrubbed and told: rate_limit_per_hour, scrub_credentials`,
    `${HOT} › is obeyed by the web: where tools may go, also what was kept, and which engines are asked`,
    `${HOT} › is obeyed by the picture’s maker: provider, model, size`,
    `${HOT} › is obeyed by the browser, and by the servers that are asked for tools`,
    `${HOT} › has another %s with the next command`,
    `${HOT} › has another scope with the next command`,
  ),
};
