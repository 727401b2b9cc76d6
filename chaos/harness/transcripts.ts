import type { GoClawClient } from '#client';
import type { HistoryMessage } from '#protocol';
import type { Entry, Ledger, Wrongs } from './ledger.js';
import { messageOf } from './message.js';

const PAGE = 1_000;
/** Of a text that is not right. */
const SHOWN_CHARS = 500;

/** A session of the scenario, and who may read it. */
export interface Transcribed {
  readonly client: GoClawClient;
  readonly session: string;
  /** Default: the session's name. */
  readonly sessionKey?: string;
}

/** A message of a person, and what the transcript has between it and the next one. */
interface Turn {
  readonly id: string;
  readonly rows: HistoryMessage[];
}

/** The whole transcript of a conversation, oldest first. */
export async function transcriptOf({
  client,
  session,
  sessionKey = session,
}: Transcribed): Promise<HistoryMessage[]> {
  const all: HistoryMessage[] = [];
  for (let before: number | undefined; ;) {
    const { messages } = await client.call('chat.history', {
      sessionKey,
      limit: PAGE,
      ...(before !== undefined && { before }),
    });
    all.unshift(...messages);
    if (messages.length < PAGE) return all;
    before = messages[0]?.seq;
  }
}

/** Looks for messages that are missing, there twice, out of order or not answered once. Returns how many were answered. */
export function checkTranscript(
  transcript: readonly HistoryMessage[],
  session: string,
  ledger: Ledger,
  wrongs: Wrongs,
): number {
  const turns = turnsOf(transcript);
  const entries = ledger.of(session);
  const seen = turns.map(({ id }) => id);
  const sent = entries.map(({ message }) => message.id);
  wrongs.lost.push(
    ...entries
      .filter((entry) => isDue(entry) && !seen.includes(entry.message.id))
      .map(({ message }) => `${message.id} is not in the transcript`),
  );
  wrongs.duplicated.push(
    ...seen.filter((id, at) => seen.indexOf(id) !== at).map((id) => `${id} is in the transcript again`),
  );
  const order = sent.filter((id) => seen.includes(id));
  if (seen.join() !== order.join() && new Set(seen).size === seen.length)
    wrongs.disordered.push(`${session} has ${seen.join()}`);
  for (const entry of entries)
    for (const turn of turns.filter(({ id }) => id === entry.message.id))
      checkTurn(turn, entry, ledger, wrongs);
  const due = new Set(entries.filter(isDue).map(({ message }) => message.id));
  return turns.filter(({ id, rows }) => due.has(id) && rows.some(isFinal)).length;
}

/** A message whose run did not fail. */
function isDue({ isAccepted, errors }: Entry): boolean {
  return isAccepted && errors.length === 0;
}

function turnsOf(transcript: readonly HistoryMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const row of transcript) {
    if (row.role === 'user') turns.push({ id: messageOf(row.content)?.id ?? row.content, rows: [] });
    else turns.at(-1)?.rows.push(row);
  }
  return turns;
}

function isFinal({ role, tool_calls }: HistoryMessage): boolean {
  return role === 'assistant' && !tool_calls?.length;
}

function checkTurn({ rows }: Turn, entry: Entry, ledger: Ledger, wrongs: Wrongs): void {
  const { message } = entry;
  const finals = rows.filter(isFinal).length;
  if (finals > 1) wrongs.duplicated.push(`${message.id} has ${finals} answers in the transcript`);
  const called = rows.flatMap(({ tool_calls }) => tool_calls?.map(({ id }) => id) ?? []);
  const returned = rows.flatMap(({ tool_call_id }) => (tool_call_id === undefined ? [] : [tool_call_id]));
  if (called.join() !== returned.join())
    wrongs.disordered.push(`${message.id} has calls ${called.join()} and results ${returned.join()}`);
  if (!isDue(entry)) return;
  const said = rows.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  const isWhole = said.filter((text) => text !== '').join('\n\n') === ledger.expected(message);
  if (!isWhole && finals <= 1)
    wrongs.lost.push(`${message.id} has in the transcript: ${JSON.stringify(said).slice(0, SHOWN_CHARS)}`);
}
