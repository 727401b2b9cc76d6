import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import { ApprovalStore, Notifications, Replicas } from '#store';

/** How long other replicas may take to say whether somebody is connected to them. */
const ANSWER_MAX_MS = 1_000;

/** Whether somebody is there who could decide for this user's runs. */
export type Presence = (userId: string) => boolean;

interface Question {
  readonly answered: (isThere: boolean) => void;
  /** Replicas that have nobody. */
  readonly without: Set<string>;
  readonly asked: number;
}

/** Finds out whether anybody could decide about a command, on this replica or another one. */
@Injectable()
export class ApproverReach implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Approvals');
  private readonly presences = new Set<Presence>();
  private readonly questions = new Map<string, Question>();
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly notifications: Notifications,
    private readonly replicas: Replicas,
    private readonly store: ApprovalStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.unsubscribe ??= this.notifications.subscribe('approvals', (message, from) =>
      this.hear(message, from),
    );
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** Whoever has connections of people says so here. Returns what ends that. */
  attend(presence: Presence): () => void {
    this.presences.add(presence);
    return () => void this.presences.delete(presence);
  }

  /** Others look up themselves for whom: the message holds an id alone. */
  async isReachable(approvalId: string, userId: string): Promise<boolean> {
    if (this.isHere(userId)) return true;
    const asked = this.replicas.peerCount;
    if (asked === 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.questions.set(approvalId, { answered: resolve, without: new Set(), asked });
    const cancel = this.clock.after(ANSWER_MAX_MS, () => resolve(false));
    this.notifications.publish('approvals', `ask ${approvalId}`);
    try {
      return await promise;
    } finally {
      cancel();
      this.questions.delete(approvalId);
    }
  }

  private isHere(userId: string): boolean {
    return [...this.presences].some((presence) => presence(userId));
  }

  private hear(message: string, from: string): void {
    const [verb, id = ''] = message.split(' ');
    if (verb === 'ask')
      return void this.answer(id).catch((error: unknown) =>
        this.logger.warn(`it could not be said whether somebody is connected: ${String(error)}`),
      );
    const question = this.questions.get(id);
    if (verb === 'here') question?.answered(true);
    if (verb === 'nobody' && question && question.without.add(from).size >= question.asked)
      question.answered(false);
  }

  private async answer(id: string): Promise<void> {
    const row = await this.store.read(id);
    const isThere = row !== undefined && this.isHere(row.user_id);
    this.notifications.publish('approvals', `${isThere ? 'here' : 'nobody'} ${id}`);
  }
}
