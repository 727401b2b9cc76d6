import type { Locator } from 'playwright-core';
import { BrowserError } from '../browser.errors.js';
import type { Tab } from '../session/tab.js';
import type { ActKind, ActRequest } from './act-request.js';
import { evaluate } from './evaluate.js';
import { settle } from './navigate.js';
import { onPage, type PageLimit } from './page-limit.js';
import { elementOf } from './page-ref.js';
import { waitFor } from './wait-for.js';

/** Between two keys of what is typed slowly. */
const KEY_DELAY_MS = 30;
const SLOW_TEXT_MAX_CHARS = 500;

type Action = (tab: Tab, request: ActRequest, limit: PageLimit) => Promise<string>;

const ACTIONS: Readonly<Record<ActKind, Action>> = {
  click,
  type,
  press,
  hover,
  wait: ({ page }, request, limit) => waitFor(page, request, limit),
  evaluate: run,
};

/** Does one thing on a page; returns what to tell. @throws BrowserError */
export function act(tab: Tab, request: ActRequest, limit: PageLimit): Promise<string> {
  return onPage(tab, limit, () => ACTIONS[request.kind](tab, request, limit));
}

async function click(
  { page }: Tab,
  { ref, button, doubleClick }: ActRequest,
  limit: PageLimit,
): Promise<string> {
  const element = await elementOf(page, required(ref, 'click', 'ref'));
  const terms = { ...(button && { button }), timeout: limit.timeoutMs, signal: limit.signal };
  await (doubleClick === true ? element.dblclick(terms) : element.click(terms));
  await settle(page);
  return `Clicked ${ref}.`;
}

async function type({ page }: Tab, request: ActRequest, limit: PageLimit): Promise<string> {
  const element = await elementOf(page, required(request.ref, 'type', 'ref'));
  const text = required(request.text, 'type', 'text');
  const terms = { timeout: limit.timeoutMs, signal: limit.signal };
  if (await isSelect(element)) await element.selectOption(text, terms);
  else if (request.slowly === true && text.length <= SLOW_TEXT_MAX_CHARS)
    await element.pressSequentially(text, { ...terms, delay: KEY_DELAY_MS });
  else await element.fill(text, terms);
  if (request.submit === true) {
    await element.press('Enter', terms);
    await settle(page);
  }
  return `Typed into ${request.ref}.`;
}

async function press({ page }: Tab, { key, ref }: ActRequest, limit: PageLimit): Promise<string> {
  const name = required(key, 'press', 'key');
  if (ref === undefined) await page.keyboard.press(name);
  else await (await elementOf(page, ref)).press(name, { timeout: limit.timeoutMs, signal: limit.signal });
  await settle(page);
  return `Pressed ${name}.`;
}

async function hover({ page }: Tab, { ref }: ActRequest, limit: PageLimit): Promise<string> {
  const element = await elementOf(page, required(ref, 'hover', 'ref'));
  await element.hover({ timeout: limit.timeoutMs, signal: limit.signal });
  return `The mouse is over ${ref}.`;
}

async function run({ page }: Tab, { fn, ref }: ActRequest): Promise<string> {
  const script = required(fn, 'evaluate', 'fn');
  return evaluate(page, script, ref === undefined ? undefined : await elementOf(page, ref));
}

async function isSelect(element: Locator): Promise<boolean> {
  return (await element.and(element.page().locator('select')).count()) > 0;
}

function required(value: string | undefined, kind: ActKind, field: string): string {
  if (value === undefined) throw new BrowserError('invalid', `${kind} needs request.${field}.`);
  return value;
}
