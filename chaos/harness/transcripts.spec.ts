import { describe, expect, it } from 'vitest';
import type { HistoryMessage } from '#protocol';
import { Ledger, type Wrongs } from './ledger.js';
import { answerPieces, BEFORE_EDIT, type Message, type MessageKind, textOf } from './message.js';
import { checkTranscript } from './transcripts.js';

const SEED = 7;
const messageOf = (number: number, kind: MessageKind = 'plain'): Message => ({
  id: `s.${number}`,
  session: 's',
  number,
  kind,
});
const row = (values: Pick<HistoryMessage, 'role' | 'content'> & Partial<HistoryMessage>): HistoryMessage => ({
  id: '',
  seq: 0,
  createdAt: '',
  ...values,
});

/** The rows of a message that was answered as it should be. */
function turn(message: Message): HistoryMessage[] {
  const answer = row({ role: 'assistant', content: answerPieces(message, SEED).join('') });
  const user = row({ role: 'user', content: textOf(message) });
  if (message.kind === 'plain') return [user, answer];
  const id = `call-${message.id}`;
  const call = { id, name: 'edit_file', arguments: {} };
  return [
    user,
    row({ role: 'assistant', content: BEFORE_EDIT, tool_calls: [call] }),
    row({ role: 'tool', content: 'Edited', tool_call_id: id }),
    answer,
  ];
}

describe('a transcript', () => {
  const [first, second] = [messageOf(1, 'edit'), messageOf(2)];

  function wrongsOf(...rows: HistoryMessage[]): Wrongs & { executed: number } {
    const ledger = new Ledger(SEED);
    for (const message of [first, second]) ledger.open(message).isAccepted = true;
    const wrongs: Wrongs = { lost: [], duplicated: [], disordered: [] };
    return { executed: checkTranscript(rows, 's', ledger, wrongs), ...wrongs };
  }

  it('is right when it has every message once, in order, with its one answer', () => {
    const right = { executed: 2, lost: [], duplicated: [], disordered: [] };
    expect(wrongsOf(...turn(first), ...turn(second))).toEqual(right);
  });

  it('is known to lack a message, or its answer, or a part of it', () => {
    expect(wrongsOf(...turn(first)).lost).toEqual(['s.2 is not in the transcript']);
    expect(wrongsOf(...turn(first), ...turn(second).slice(0, 1)).lost).toHaveLength(1);
    const [user, , , answer] = turn(first);
    expect(wrongsOf(...[user, answer].filter((one) => one !== undefined), ...turn(second)).lost).toHaveLength(
      1,
    );
  });

  it('is known to have a message or an answer twice', () => {
    expect(wrongsOf(...turn(first), ...turn(second), ...turn(second)).duplicated).toContain(
      's.2 is in the transcript again',
    );
    expect(wrongsOf(...turn(first), ...turn(second), ...turn(second).slice(1)).duplicated).toEqual([
      's.2 has 2 answers in the transcript',
    ]);
  });

  it('is known to have messages in another order, or calls without results', () => {
    expect(wrongsOf(...turn(second), ...turn(first)).disordered).toEqual(['s has s.2,s.1']);
    const withoutResult = turn(first).filter(({ role }) => role !== 'tool');
    expect(wrongsOf(...withoutResult, ...turn(second)).disordered).toEqual([
      's.1 has calls call-s.1 and results ',
    ]);
  });
});
