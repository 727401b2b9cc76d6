import type { ToolSpec } from '#contracts';
import { ACT_KINDS, MOUSE_BUTTONS } from './page/act-request.js';
import { TIMEOUT_MAX_MS } from './page/page-limit.js';
import { TREE_MAX_DEPTH } from './page/snapshot-tree.js';

export const BROWSER_ACTIONS = [
  'status',
  'start',
  'stop',
  'tabs',
  'open',
  'close',
  'snapshot',
  'screenshot',
  'navigate',
  'console',
  'act',
] as const;
export type BrowserAction = (typeof BROWSER_ACTIONS)[number];

export const SNAPSHOT_DEFAULT_CHARS = 8_000;
export const SNAPSHOT_MIN_CHARS = 100;
export const SNAPSHOT_MAX_CHARS = 60_000;
/** Longer than any single action, with room for a browser that has to start first. */
const CALL_TIMEOUT_MS = 75_000;
const TIMEOUT_MIN_MS = 100;
const ADDRESS_MAX_CHARS = 8_000;
const TEXT_MAX_CHARS = 100_000;
const SHORT_MAX_CHARS = 1_000;

const REQUEST = {
  type: 'object',
  description:
    'For act. click: ref, doubleClick?, button?. type: ref, text, submit?, slowly? (a list box takes the text of its option). ' +
    'press: key (Enter, Control+A), ref?. hover: ref. wait: timeMs, text, textGone or url; without any until the page is quiet. ' +
    'evaluate: fn, ref? (passed to a function as its argument).',
  properties: {
    kind: { type: 'string', enum: [...ACT_KINDS] },
    ref: { type: 'string', maxLength: SHORT_MAX_CHARS, description: 'Ref of the latest snapshot: e5' },
    text: { type: 'string', maxLength: TEXT_MAX_CHARS },
    key: { type: 'string', maxLength: SHORT_MAX_CHARS },
    submit: { type: 'boolean', description: 'Press Enter after typing' },
    slowly: { type: 'boolean', description: 'Type key by key' },
    doubleClick: { type: 'boolean' },
    button: { type: 'string', enum: [...MOUSE_BUTTONS] },
    fn: { type: 'string', maxLength: TEXT_MAX_CHARS, description: 'JavaScript: () => document.title' },
    timeMs: { type: 'number', minimum: 0, maximum: TIMEOUT_MAX_MS },
    textGone: { type: 'string', maxLength: SHORT_MAX_CHARS },
    url: { type: 'string', maxLength: ADDRESS_MAX_CHARS, description: 'The address, or a part of it' },
  },
  required: ['kind'],
  additionalProperties: false,
};

export const BROWSER_SPEC: ToolSpec = Object.freeze({
  name: 'browser',
  description:
    'Use web pages in a real browser that belongs to this conversation. open or navigate to an address, take a snapshot ' +
    '(text with refs such as e5), act on refs, take a screenshot, read the console. It starts by itself. Without targetId ' +
    'the page that was used last is meant. For reading a page web_fetch is faster.',
  parameters: {
    type: 'object',
    properties: {
      action: { type: 'string', enum: [...BROWSER_ACTIONS] },
      targetUrl: { type: 'string', maxLength: ADDRESS_MAX_CHARS, description: 'For open and navigate' },
      targetId: {
        type: 'string',
        maxLength: SHORT_MAX_CHARS,
        description: 'Which page, as tabs and open name it',
      },
      maxChars: { type: 'number', minimum: SNAPSHOT_MIN_CHARS, maximum: SNAPSHOT_MAX_CHARS },
      interactive: { type: 'boolean', description: 'snapshot: only what can be used' },
      compact: { type: 'boolean', description: 'snapshot: without what only holds others' },
      depth: { type: 'number', minimum: 1, maximum: TREE_MAX_DEPTH },
      fullPage: { type: 'boolean', description: 'screenshot: all of the page' },
      timeoutMs: { type: 'number', minimum: TIMEOUT_MIN_MS, maximum: TIMEOUT_MAX_MS },
      request: REQUEST,
    },
    required: ['action'],
    additionalProperties: false,
  },
  groups: ['ui'],
  repeatable: false,
  timeoutMs: CALL_TIMEOUT_MS,
});
