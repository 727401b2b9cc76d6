import { type GoClawClient, RpcError } from '#client';
import { type ApprovalEnd, ErrorCode, type PendingApproval } from '#protocol';
import { visible } from '../terminal/visible.js';
import type { ChatScreen } from './chat-screen.js';

type Answer = 'allow-once' | 'allow-always' | 'deny';

const ANSWERS: readonly (readonly [RegExp, Answer])[] = [
  [/^y(es)?$/i, 'allow-once'],
  [/^a(lways)?$/i, 'allow-always'],
  [/^n(o)?$/i, 'deny'],
];

const ENDS: Readonly<Record<ApprovalEnd, string>> = {
  'allow-once': 'approved',
  'allow-always': 'approved for good',
  deny: 'denied',
  expired: 'not decided in time',
  unreachable: 'not decided',
  withdrawn: 'not wanted any more',
};

/** Shows the commands of a conversation that wait for an approval, and takes the answers. */
export class ApprovalPrompt {
  /** The oldest first; it alone is shown, so that an answer is about what is seen. */
  private readonly waiting = new Map<string, PendingApproval>();
  private shown: PendingApproval | undefined;
  private canAnswer: () => boolean = () => false;
  private interject: (write: () => void) => void = (write) => write();

  constructor(
    private readonly client: GoClawClient,
    private readonly screen: ChatScreen,
    private readonly sessionKey: string,
  ) {}

  /**
   * From now on; `canAnswer` is called before each one is shown, and says whether somebody is at the keyboard. Returns
   * what ends it.
   */
  listen(canAnswer: () => boolean, interject: (write: () => void) => void): () => void {
    this.canAnswer = canAnswer;
    this.interject = interject;
    const offs = [
      this.client.on('exec.approval.requested', (approval) => this.add(approval)),
      this.client.on('exec.approval.resolved', ({ id, decision }) => this.resolved(id, decision)),
      // What was asked while nobody was here.
      this.client.on('connected', () => void this.lookAgain()),
    ];
    void this.lookAgain();
    return () => {
      for (const off of offs) off();
    };
  }

  /** `true`: the line was an answer to the command that is shown. */
  take(line: string): boolean {
    const answer = ANSWERS.find(([pattern]) => pattern.test(line))?.[1];
    if (!this.shown || !answer) return false;
    void this.answer(this.shown, answer);
    return true;
  }

  private add(approval: PendingApproval): void {
    if (approval.sessionKey !== this.sessionKey) return;
    this.waiting.set(approval.id, approval);
    this.showOldest();
  }

  private resolved(id: string, decision: ApprovalEnd): void {
    if (this.shown?.id === id) this.interject(() => this.screen.notice(`Command ${ENDS[decision]}.`));
    this.drop(id);
  }

  private drop(id: string): void {
    this.waiting.delete(id);
    if (this.shown?.id === id) this.shown = undefined;
    this.showOldest();
  }

  private showOldest(): void {
    const [oldest] = this.waiting.values();
    if (this.shown || !oldest) return;
    this.shown = oldest;
    const isAnswered = this.canAnswer();
    this.interject(() => this.show(oldest, isAnswered));
  }

  private show(
    { command, entries, place, cwd, reason, tool, canAlways }: PendingApproval,
    isAnswered: boolean,
  ): void {
    const { screen } = this;
    const where = place === 'sandbox' ? 'in its sandbox' : 'on the gateway’s machine';
    screen.failure(
      `The agent wants to run this ${where}${cwd === undefined ? '' : `, in ${visible(cwd)}`} (${tool}):`,
    );
    for (const line of visible(command).split('\n')) screen.failure(`  ${line}`);
    if (entries.length > 1) screen.notice(`It starts: ${entries.map(visible).join(' · ')}`);
    screen.notice(visible(reason));
    screen.notice(
      isAnswered
        ? `y: once${canAlways ? ', a: always' : ''}, n: no; then Enter.`
        : 'Nobody is at the keyboard here: decide about it in another client, or in goclaw chat at a terminal.',
    );
  }

  private async answer({ id }: PendingApproval, answer: Answer): Promise<void> {
    try {
      if (answer === 'deny') await this.client.call('exec.approval.deny', { id });
      else await this.client.call('exec.approval.approve', { id, always: answer === 'allow-always' });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      // What cannot be allowed for good can still be answered otherwise.
      this.interject(() => this.screen.failure(error.message));
      if (error.code !== ErrorCode.INVALID_REQUEST) this.drop(id);
    }
  }

  /** What is heard while the list is on its way is newer than the list. */
  private async lookAgain(): Promise<void> {
    const before = [...this.waiting.keys()];
    const ended = new Set<string>();
    const stop = this.client.on('exec.approval.resolved', ({ id }) => void ended.add(id));
    try {
      const { pending } = await this.client.call('exec.approval.list');
      const open = new Set(pending.map(({ id }) => id));
      for (const id of before) if (!open.has(id)) this.drop(id);
      for (const approval of pending) if (!ended.has(approval.id)) this.add(approval);
    } catch (error) {
      // Who may not approve is asked nothing; a connection that is lost again looks again.
      if (!(error instanceof RpcError)) throw error;
    } finally {
      stop();
    }
  }
}
