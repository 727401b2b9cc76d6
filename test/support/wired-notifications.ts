import { type NotificationListener, Notifications, type NotificationTopic, type Queryable } from '#store';

/** What one replica of a `ReplicaWire` says and hears. */
export class WiredNotifications extends Notifications {
  /** Everything that was sent, as `topic message`. */
  readonly sent: string[] = [];
  /** Nothing arrives while it is set. */
  deaf = false;
  private readonly listeners = new Map<NotificationTopic, Set<NotificationListener>>();
  private readonly gaps = new Set<() => void>();

  constructor(
    readonly id: string,
    private readonly members: ReadonlySet<WiredNotifications>,
  ) {
    super();
  }

  override publish(topic: NotificationTopic, message: string): void {
    this.sent.push(`${topic} ${message}`);
    for (const member of this.members) if (member !== this) member.receive(topic, message, this.id);
  }

  override publishWith(_tx: Queryable, topic: NotificationTopic, messages: readonly string[]): Promise<void> {
    for (const message of messages) this.publish(topic, message);
    return Promise.resolve();
  }

  override subscribe(topic: NotificationTopic, listener: NotificationListener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  override onGap(listener: () => void): () => void {
    this.gaps.add(listener);
    return () => void this.gaps.delete(listener);
  }

  /** The connection was lost and is back. */
  gap(): void {
    for (const listener of this.gaps) listener();
  }

  private receive(topic: NotificationTopic, message: string, from: string): void {
    if (this.deaf) return;
    for (const listener of this.listeners.get(topic) ?? []) listener(message, from);
  }
}
