import { expectedText, type Message } from './message.js';

/** Of a text that is not right. */
const SHOWN_CHARS = 500;

/** What became of one message, as its client sees it. */
export interface Entry {
  readonly message: Message;
  /** The gateway has said that it has the message, or has answered it. */
  isAccepted: boolean;
  /** Every time that it was answered. */
  readonly answers: { readonly content: string; readonly streamed: string }[];
  /** The run failed, and its client was told so. */
  readonly errors: string[];
  /** How often the gateway said that it does not take the message now. */
  refusals: number;
  /** What the client heard last of it. */
  heard: string;
  /** Resolves when nothing more is waited for. */
  readonly ended: Promise<void>;
  end(): void;
}

/** Messages by what is wrong with them; all three are empty when nothing is. */
export interface Wrongs {
  readonly lost: string[];
  readonly duplicated: string[];
  readonly disordered: string[];
}

/** Keeps what was sent, and what came back. */
export class Ledger {
  readonly entries = new Map<string, Entry>();
  /** Texts of messages whose answer is not the usual one. */
  readonly otherTexts = new Map<string, string>();
  private readonly going = new Set<Entry>();
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  open(message: Message): Entry {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const entry: Entry = {
      message,
      isAccepted: false,
      answers: [],
      errors: [],
      refusals: 0,
      heard: 'nothing',
      ended,
      end: () => {
        this.going.delete(entry);
        resolve();
      },
    };
    this.entries.set(message.id, entry);
    this.going.add(entry);
    return entry;
  }

  /** Messages that wait for their end. */
  get waiting(): readonly Entry[] {
    return [...this.going];
  }

  /** Resolves when everything that waits now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.waiting.map(({ ended }) => ended));
  }

  of(session: string): Entry[] {
    return [...this.entries.values()].filter(({ message }) => message.session === session);
  }

  count(matches: (entry: Entry) => boolean): number {
    return [...this.entries.values()].filter(matches).length;
  }

  /** The whole text of the answer to a message. */
  expected(message: Message): string {
    return this.otherTexts.get(message.id) ?? expectedText(message, this.seed);
  }

  /** How often the gateway asked to try again. */
  get refusals(): number {
    return [...this.entries.values()].reduce((sum, { refusals }) => sum + refusals, 0);
  }

  /** What clients miss, or have got too often. `mayFail`: an error is as good an end as an answer. */
  wrongs({ mayFail = false } = {}): Wrongs {
    const wrongs: Wrongs = { lost: [], duplicated: [], disordered: [] };
    for (const { message, isAccepted, answers, errors, heard } of this.entries.values()) {
      const ends = answers.length + errors.length;
      const expected = this.expected(message);
      if (ends === 0)
        wrongs.lost.push(
          `${message.id} ${isAccepted ? 'was' : 'was not even'} accepted, and never ended; last heard: ${heard}`,
        );
      if (ends > 1) wrongs.duplicated.push(`${message.id} ended ${ends} times`);
      if (!mayFail) wrongs.lost.push(...errors.map((error) => `${message.id} failed: ${error}`));
      for (const answer of answers)
        for (const [what, text] of Object.entries(answer))
          if (text !== expected)
            wrongs.lost.push(
              `${message.id} has another text (${what}): ${JSON.stringify(text.slice(0, SHOWN_CHARS))}`,
            );
    }
    return wrongs;
  }
}
