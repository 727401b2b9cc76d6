import { Script } from 'node:vm';
import type { Locator, Page } from 'playwright-core';

/** What a script may answer, as JSON. */
const VALUE_MAX_CHARS = 20_000;

/** Runs a script in the page, as the page could itself; with an element it is the argument. Returns JSON. */
export async function evaluate(page: Page, fn: string, element: Locator | undefined): Promise<string> {
  const value = await run(page, isExpression(fn) ? asExpression(fn) : asStatements(fn), element);
  const text = jsonOf(value);
  const left = text.length - VALUE_MAX_CHARS;
  return left <= 0
    ? text
    : `${text.slice(0, VALUE_MAX_CHARS).toWellFormed()}\n[${left} characters left out; return less]`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    // A circle, or a number that JSON does not have.
    return String(value);
  }
}

function run(page: Page, source: string, element: Locator | undefined): Promise<unknown> {
  const script = scriptOf(source);
  return element ? element.evaluate(script) : page.evaluate(script);
}

/** The library sends a function's text to the page; here it is the text that was asked for. */
function scriptOf(source: string): () => unknown {
  return Object.assign(() => undefined, { toString: () => source });
}

function asExpression(fn: string): string {
  return `(element) => { const value = (${fn}\n); return typeof value === 'function' ? value(element) : value; }`;
}

function asStatements(fn: string): string {
  return `async (element) => { ${fn}\n}`;
}

/** It is compiled, never run here. */
function isExpression(fn: string): boolean {
  try {
    return new Script(`(${asExpression(fn)})`) instanceof Script;
  } catch {
    return false;
  }
}
