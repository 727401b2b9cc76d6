import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ApprovalChanged } from '#bus';
import type { Caller } from '#contracts';
import { ApprovalStore } from '#store';
import { ApproverReach } from '#tools';
import { toPendingApproval, toResolvedApproval } from './approval-shape.js';
import type { ClientSocket } from './client-socket.js';
import { type EncodedEvent, encodeEvent } from './encode-frame.js';
import { SocketRegistry } from './socket-registry.js';

/** Tells of commands that wait, and of what became of them: the user of the run, and admins that hear all. */
@Injectable()
@EventsHandler(ApprovalChanged)
export class ApprovalEvents implements IEventHandler<ApprovalChanged>, OnModuleInit, OnModuleDestroy {
  private leave: (() => void) | undefined;

  constructor(
    private readonly store: ApprovalStore,
    private readonly sockets: SocketRegistry,
    private readonly reach: ApproverReach,
  ) {}

  onModuleInit(): void {
    this.leave ??= this.reach.attend((userId) => this.hasApprover(userId));
  }

  onModuleDestroy(): void {
    this.leave?.();
    this.leave = undefined;
  }

  async handle({ change, id }: ApprovalChanged): Promise<void> {
    const isWanted = [...this.sockets.connected()].some(({ caller }) => mayApprove(caller));
    const row = isWanted ? await this.store.read(id) : undefined;
    if (!row) return;
    if (change === 'requested') {
      // Decided meanwhile: nobody is to be asked any more.
      if (row.state === 'pending')
        this.emit(encodeEvent('exec.approval.requested', toPendingApproval(row)), row.user_id);
      return;
    }
    const resolved = toResolvedApproval(row);
    if (resolved) this.emit(encodeEvent('exec.approval.resolved', resolved), row.user_id);
  }

  private emit(event: EncodedEvent, userId: string): void {
    for (const socket of this.sockets.connected()) if (this.hears(socket, userId)) socket.emit(event);
  }

  private hears(socket: ClientSocket, userId: string): boolean {
    const { caller } = socket;
    return mayApprove(caller) && (caller.userId === userId || this.sockets.watchers.has(socket));
  }

  /** An admin need not listen: he can look at the list. */
  private hasApprover(userId: string): boolean {
    for (const { caller, isOpen } of this.sockets.connected()) {
      if (isOpen && mayApprove(caller) && (caller.userId === userId || caller.role === 'admin')) return true;
    }
    return false;
  }
}

function mayApprove({ role, scopes }: Caller): boolean {
  if (role !== 'admin' && role !== 'operator') return false;
  return scopes.includes('operator.approvals') || scopes.includes('operator.admin');
}
