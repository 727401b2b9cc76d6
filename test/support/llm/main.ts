import { parseArgs } from 'node:util';
import type { Reply } from './reply.js';
import { ScriptedLlm } from './scripted-llm.js';

const HELP = `A scripted LLM as a process of its own, for benchmarks.
  --port <n>        default: any free one
  --deltas <n>      text deltas a stream (default 1)
  --delay-ms <n>    between deltas (default: none, the stream is one write)
  --latency-ms <n>  before the first byte (default 0)
  --text <text>     text of one delta (default "Hello there. ")
  --stamp           each delta is "<index>:<epoch ms> ", for measuring delays
Prints one line of JSON: {"port", "openaiUrl", "anthropicUrl"}.`;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    deltas: { type: 'string', default: '1' },
    'delay-ms': { type: 'string' },
    'latency-ms': { type: 'string' },
    text: { type: 'string', default: 'Hello there. ' },
    stamp: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const deltas = Number(values.deltas);
const fixed = Array.from({ length: deltas }, () => values.text);
const timing = {
  ...(values['delay-ms'] === undefined ? {} : { delayMs: Number(values['delay-ms']) }),
  ...(values['latency-ms'] === undefined ? {} : { latencyMs: Number(values['latency-ms']) }),
};

/** Lazy: the stamp is taken when the delta is sent. */
function* stamped(): Generator<string> {
  for (let index = 0; index < deltas; index++) yield `${index}:${Date.now()} `;
}

const llm = await ScriptedLlm.start({
  keepRequests: 0,
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
});
llm.respond((): Reply => ({ text: values.stamp ? stamped() : fixed, ...timing }));
console.log(JSON.stringify({ port: llm.port, openaiUrl: llm.openaiUrl, anthropicUrl: llm.anthropicUrl }));
process.on('SIGTERM', () => process.exit(0));
