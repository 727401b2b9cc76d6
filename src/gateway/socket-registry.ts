import { Inject, Injectable } from '@nestjs/common';
import { RunInterest } from '#agent';
import type { Caller } from '#contracts';
import { ANONYMOUS, LiveCredentials } from '#permissions';
import { CloseCode } from '#protocol';
import type { ClientSocket } from './client-socket.js';

const NONE: ReadonlySet<ClientSocket> = new Set();

/** Every open socket, and which of them belong to a user: what those want to hear, other replicas are told. */
@Injectable()
export class SocketRegistry {
  private readonly sockets = new Set<ClientSocket>();
  private readonly byUser = new Map<string, Set<ClientSocket>>();
  private readonly watching = new Set<ClientSocket>();
  /** What ends the interest in the runs of each user that has a socket. */
  private readonly interests = new Map<string, () => void>();
  /** What ends the watch on the credential of each socket. */
  private readonly credentials = new WeakMap<ClientSocket, () => void>();
  private endWatching: (() => void) | undefined;

  constructor(
    private readonly interest: RunInterest,
    @Inject(LiveCredentials) private readonly live: Pick<LiveCredentials, 'watch'>,
  ) {}

  get all(): ReadonlySet<ClientSocket> {
    return this.sockets;
  }

  /** Admin sockets that asked for the events of all users. */
  get watchers(): ReadonlySet<ClientSocket> {
    return this.watching;
  }

  get count(): number {
    return this.sockets.size;
  }

  ofUser(userId: string): ReadonlySet<ClientSocket> {
    return this.byUser.get(userId) ?? NONE;
  }

  *connected(): Generator<ClientSocket> {
    for (const sockets of this.byUser.values()) yield* sockets;
  }

  add(socket: ClientSocket): void {
    this.sockets.add(socket);
  }

  remove(socket: ClientSocket): void {
    this.sockets.delete(socket);
    this.forget(socket);
    socket.released();
  }

  /** Makes the socket the caller's. */
  identify(socket: ClientSocket, caller: Caller): void {
    this.forget(socket);
    socket.caller = caller;
    if (!this.sockets.has(socket) || caller.role === 'none') return;
    const unwatch = this.live.watch(caller, ({ reason, message }) => {
      // Whoever lost a scope may come back with what is left.
      socket.close(
        reason === 'unauthenticated' ? CloseCode.POLICY_VIOLATION : CloseCode.TRY_AGAIN_LATER,
        message,
      );
    });
    this.credentials.set(socket, unwatch);
    const sockets = this.byUser.get(caller.userId) ?? new Set();
    this.byUser.set(caller.userId, sockets.add(socket));
    if (!this.interests.has(caller.userId))
      this.interests.set(caller.userId, this.interest.want(`user:${caller.userId}`));
  }

  /** Makes the socket anonymous: a failed `connect` leaves nothing of an earlier one. */
  disown(socket: ClientSocket, now: number): void {
    socket.anonymousSince = now;
    this.identify(socket, ANONYMOUS);
  }

  watchAll(socket: ClientSocket, all: boolean): void {
    if (all && this.sockets.has(socket)) this.watching.add(socket);
    else this.watching.delete(socket);
    if (this.watching.size > 0) this.endWatching ??= this.interest.want('all');
    else this.unwatch();
  }

  private forget(socket: ClientSocket): void {
    this.credentials.get(socket)?.();
    this.credentials.delete(socket);
    this.watching.delete(socket);
    if (this.watching.size === 0) this.unwatch();
    const { userId } = socket.caller;
    const sockets = this.byUser.get(userId);
    if (!sockets?.delete(socket) || sockets.size > 0) return;
    this.byUser.delete(userId);
    this.interests.get(userId)?.();
    this.interests.delete(userId);
  }

  private unwatch(): void {
    this.endWatching?.();
    this.endWatching = undefined;
  }
}
