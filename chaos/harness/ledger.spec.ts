import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.js';
import { expectedText, type Message } from './message.js';

const SEED = 7;
const MESSAGE: Message = { id: 's.1', session: 's', number: 1, kind: 'edit' };
const TEXT = expectedText(MESSAGE, SEED);
const NOTHING = { lost: [], duplicated: [], disordered: [] };

describe('the books of what was sent and answered', () => {
  const opened = () => {
    const ledger = new Ledger(SEED);
    return { ledger, entry: ledger.open(MESSAGE) };
  };

  it('are in order when every message has its own answer, whole, once', () => {
    const { ledger, entry } = opened();
    entry.answers.push({ content: TEXT, streamed: TEXT });
    expect(ledger.wrongs()).toEqual(NOTHING);
  });

  it('miss a message that never ended, whether it was accepted or not', () => {
    const { ledger, entry } = opened();
    expect(ledger.wrongs().lost).toEqual(['s.1 was not even accepted, and never ended; last heard: nothing']);
    entry.isAccepted = true;
    entry.heard = 'text';
    expect(ledger.wrongs({ mayFail: true }).lost).toEqual([
      's.1 was accepted, and never ended; last heard: text',
    ]);
  });

  it('miss what an answer lacks, in its end as in its stream', () => {
    const { ledger, entry } = opened();
    entry.answers.push({ content: TEXT, streamed: TEXT.slice(0, -1) });
    expect(ledger.wrongs().lost).toEqual([expect.stringContaining('s.1 has another text (streamed)')]);
    entry.answers.splice(0, 1, { content: TEXT.slice(1), streamed: TEXT });
    expect(ledger.wrongs().lost).toEqual([expect.stringContaining('s.1 has another text (content)')]);
  });

  it('know a message that ended twice, be it by an answer and an error', () => {
    const { ledger, entry } = opened();
    entry.answers.push({ content: TEXT, streamed: TEXT });
    entry.errors.push('UNAVAILABLE');
    expect(ledger.wrongs({ mayFail: true }).duplicated).toEqual(['s.1 ended 2 times']);
  });

  it('take an error as an end where it may be one, and as a loss where not', () => {
    const { ledger, entry } = opened();
    entry.errors.push('INTERNAL');
    expect(ledger.wrongs({ mayFail: true })).toEqual(NOTHING);
    expect(ledger.wrongs().lost).toEqual(['s.1 failed: INTERNAL']);
  });

  it('wait for what is open, and for nothing that comes later', async () => {
    const { ledger, entry } = opened();
    const settled = ledger.settled();
    ledger.open({ ...MESSAGE, id: 's.2', number: 2 });
    entry.end();
    await settled;
    expect(ledger.waiting.map(({ message }) => message.id)).toEqual(['s.2']);
  });
});
