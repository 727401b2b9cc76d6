import { beforeEach, describe, expect, it } from 'vitest';
import { SessionChanged } from '#bus';
import { type LeasedSession, type NewMessage, type StoredMessage, TranscriptStore } from '#store';
import { Transcript } from './transcript.js';

class Table extends TranscriptStore {
  messages: StoredMessage[] = [];
  reads = 0;

  constructor() {
    super(undefined as never);
  }

  override async range(_id: string, from: number, before: number): Promise<StoredMessage[]> {
    this.reads += 1;
    return this.messages.filter(({ seq }) => seq >= from && seq < before);
  }
}

function message(text: string): NewMessage {
  return { id: text, role: 'user', content: [{ type: 'text', text }], tokens: 2 };
}

function session(firstSeq: number, windowStartSeq = 1, id = 's'): LeasedSession {
  return {
    id,
    firstSeq,
    windowStartSeq,
    softTrimBefore: 0,
    hardClearBefore: 0,
    compactionCount: 0,
    summary: undefined,
    modelOverride: undefined,
  };
}

describe('the window of a session', () => {
  let table: Table;
  let transcript: Transcript;
  beforeEach(() => {
    table = new Table();
    transcript = new Transcript(table);
  });

  function write(...texts: string[]): void {
    const createdAt = new Date();
    for (const text of texts)
      table.messages.push({ ...message(text), seq: table.messages.length + 1, createdAt });
  }

  /** A run of this process appends. */
  function say(...texts: string[]): void {
    const firstSeq = table.messages.length + 1;
    write(...texts);
    transcript.appended('s', firstSeq, 'r', texts.map(message));
  }

  async function window(firstSeq: number, windowStartSeq = 1): Promise<string[]> {
    return (await transcript.window(session(firstSeq, windowStartSeq))).map(({ id }) => id);
  }

  it('of a new session is empty without a look at the table', async () => {
    expect(await window(1)).toEqual([]);
    expect(table.reads).toBe(0);
  });

  it('is read once, then remembered with what the runs append', async () => {
    write('a', 'b');
    expect(await window(3)).toEqual(['a', 'b']);
    say('c');
    say('d', 'e');
    expect(await window(6)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(table.reads).toBe(1);
  });

  it('is read again when somebody else wrote', async () => {
    write('a');
    await window(2);
    write('injected');
    expect(await window(3)).toEqual(['a', 'injected']);
    expect(table.reads).toBe(2);
    write('another');
    say('mine');
    expect(await window(5)).toEqual(['a', 'injected', 'another', 'mine']);
  });

  it('is read again when the session changed', async () => {
    write('a');
    await window(2);
    transcript.handle(new SessionChanged('s'));
    expect(await window(2)).toEqual(['a']);
    expect(table.reads).toBe(2);
  });

  it('moves forward with a compaction, without a look at the table', async () => {
    write('a', 'b', 'c');
    await window(4);
    transcript.compacted('s', 3);
    expect(await window(4, 3)).toEqual(['c']);
    expect(table.reads).toBe(1);
    expect(transcript.sizeOf('s')).toEqual({ messages: 1, tokens: 2 });
  });

  it('that begins earlier than what is remembered is read again', async () => {
    write('a', 'b', 'c');
    await window(4);
    transcript.compacted('s', 3);
    expect(await window(4, 1)).toEqual(['a', 'b', 'c']);
  });

  it('of one session never holds messages of another', async () => {
    write('a');
    await window(2);
    const other = await transcript.window(session(1, 1, 'other'));
    expect(other).toEqual([]);
  });
});
