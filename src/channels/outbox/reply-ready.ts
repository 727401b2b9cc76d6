import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { RunFinished } from '#bus';
import { OutboxDispatcher } from './outbox-dispatcher.js';

/** The answer of a run that came from a channel is in the outbox as soon as the run has ended. */
@Injectable()
@EventsHandler(RunFinished)
export class ReplyReady implements IEventHandler<RunFinished> {
  constructor(private readonly dispatcher: OutboxDispatcher) {}

  handle({ caller }: RunFinished): void {
    if (caller.credential.kind === 'channel') this.dispatcher.wake();
  }
}
