import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger, type Wrongs } from './ledger.js';
import { fileOf, type Message, traceOf } from './message.js';
import { checkTraces } from './traces.js';

const MESSAGES: readonly Message[] = [1, 2].map((number) => ({
  id: `s.${number}`,
  session: 's',
  number,
  kind: 'edit',
}));

describe('the file in which edits leave their traces', () => {
  let workspace: string;
  const ledger = new Ledger(1);
  for (const message of MESSAGES) ledger.open(message);
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'goclaw-traces-'));
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  function wrongsOf(traces: readonly string[], unknown: readonly string[] = []): Wrongs {
    mkdirSync(join(workspace, 'users/ann'), { recursive: true });
    writeFileSync(join(workspace, 'users/ann', fileOf('s')), traces.join('\n'));
    const wrongs: Wrongs = { lost: [], duplicated: [], disordered: [] };
    checkTraces(workspace, ledger, new Set(unknown), wrongs);
    return wrongs;
  }

  const [one = '', two = ''] = MESSAGES.map(traceOf);

  it('has each of them once', () => {
    expect(wrongsOf([one, two])).toEqual({ lost: [], duplicated: [], disordered: [] });
  });

  it('shows an edit that was made twice', () => {
    expect(wrongsOf([one, two, two]).duplicated).toEqual(['s.2 edited its file 2 times']);
  });

  it('shows one that was not made, unless the model was told that it may not have been', () => {
    expect(wrongsOf([one]).lost).toEqual(['s.2 did not edit its file']);
    expect(wrongsOf([one], ['s.2']).lost).toEqual([]);
  });
});
