import type { ChatPlatform } from '../../test/support/chat-platform/index.js';
import type { Entry, Ledger } from './ledger.js';
import { type Message, textOf } from './message.js';
import type { Random } from './random.js';

const POLL_MS = 20;
const ANSWER_LIMIT_MS = 120_000;
const EDIT_SHARE = 0.4;
const ANSWERED = /Answer to ([\w-]+\.\d+):/;

export interface PlatformPeopleOptions {
  readonly platform: ChatPlatform;
  readonly people: number;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Platform ids of messages whose reply is in doubt for good. */
  readonly unknown: () => ReadonlySet<string>;
  /** Share of the messages that the platform brings twice. */
  readonly twiceShare?: number;
}

/** People who write to the agent on a chat platform, each in a chat of their own. */
export class PlatformPeople {
  /** Ids of messages by their ids on the platform. */
  readonly onPlatform = new Map<string, string>();
  twice = 0;
  private readonly options: PlatformPeopleOptions;
  private isOver = false;
  private going: Promise<unknown> = Promise.resolve();

  constructor(options: PlatformPeopleOptions) {
    this.options = options;
  }

  get names(): string[] {
    return Array.from({ length: this.options.people }, (_, index) => `chat-${index + 1}`);
  }

  /** Everybody writes until `finish`. */
  start(): void {
    this.going = Promise.all(this.names.map((name) => this.goOn(name)));
  }

  async finish(): Promise<void> {
    this.isOver = true;
    await this.going;
  }

  /** What the platform has shown, for the books: an answer as often as it was shown. */
  settle(): void {
    const { ledger, platform } = this.options;
    for (const entry of ledger.entries.values()) {
      const shown = platform.messages.filter(({ text }) => ANSWERED.exec(text)?.[1] === entry.message.id);
      entry.answers.push(...shown.map(({ text }) => ({ content: text, streamed: text })));
    }
  }

  private async goOn(name: string): Promise<void> {
    const { platform, ledger, random, twiceShare = 0 } = this.options;
    const draws = random.fork(name);
    for (let number = 1; !this.isOver; number++) {
      const kind = draws.chance(EDIT_SHARE) || number === 1 ? 'edit' : 'plain';
      const message: Message = { id: `${name}.${number}`, session: name, number, kind };
      const entry = ledger.open(message);
      const id = platform.say(textOf(message), { from: name });
      this.onPlatform.set(id, message.id);
      entry.isAccepted = true;
      if (draws.chance(twiceShare)) {
        platform.repeat(id);
        this.twice++;
      }
      const isAnswered = await this.untilAnswered(entry, id);
      entry.end();
      if (!isAnswered) return;
    }
  }

  private async untilAnswered({ message }: Entry, id: string): Promise<boolean> {
    const deadline = performance.now() + ANSWER_LIMIT_MS;
    while (performance.now() < deadline) {
      const isShown = this.options.platform.messages.some(
        ({ text }) => ANSWERED.exec(text)?.[1] === message.id,
      );
      if (isShown || this.options.unknown().has(id)) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }
}
