import { Random } from './random.js';

/** What the model does with a message: it answers at once, or edits a file before it does. */
export type MessageKind = 'plain' | 'edit';

/** A message of a conversation, from which its answer follows. */
export interface Message {
  /** `<session>.<number>`; unique within a scenario. */
  readonly id: string;
  readonly session: string;
  readonly number: number;
  readonly kind: MessageKind;
}

const WORDS =
  'amber basin cedar delta ember fjord grove harbor inlet jetty knoll lagoon meadow north oasis prairie quarry river summit tundra'.split(
    ' ',
  );
const WORDS_MIN = 8;
const WORDS_MAX = 40;
const MARK = /\[\[([\w-]+)\.(\d+) (plain|edit)\]\]/;

/** Text of a message as a client sends it. */
export function textOf({ id, kind }: Message): string {
  return `[[${id} ${kind}]] What comes to your mind?`;
}

/** The message that a text was made from; `undefined`: none. */
export function messageOf(text: string): Message | undefined {
  const [, session, number, kind] = MARK.exec(text) ?? [];
  if (session === undefined || number === undefined) return undefined;
  const id = `${session}.${number}`;
  return { id, session, number: Number(number), kind: kind === 'edit' ? 'edit' : 'plain' };
}

/** What the model says before it edits the file. */
export const BEFORE_EDIT = 'Let me write that down.';

/** The pieces in which the model gives its final answer. */
export function answerPieces({ id }: Message, seed: number): string[] {
  const random = new Random(seed).fork(id);
  const words = Array.from({ length: random.int(WORDS_MIN, WORDS_MAX) }, () => ` ${random.pick(WORDS)}`);
  return [`Answer to ${id}:`, ...words, '.'];
}

/** The whole text that a client must end up with. */
export function expectedText(message: Message, seed: number): string {
  const answer = answerPieces(message, seed).join('');
  return message.kind === 'edit' ? `${BEFORE_EDIT}\n\n${answer}` : answer;
}

/** The file in which the answers of a session leave a trace. */
export function fileOf(session: string): string {
  return `${session}.txt`;
}

/** What the edit of a message adds to the file, once. */
export function traceOf({ id }: Message): string {
  return `<${id}>`;
}
