import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { UnhandledExceptionBus } from '@nestjs/cqrs';
import type { Subscription } from 'rxjs';

/** Logs what event handlers throw: the publisher has gone on by then. */
@Injectable()
export class FailedHandlers implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('DomainEvents');
  private subscription: Subscription | undefined;

  constructor(private readonly failures: UnhandledExceptionBus) {}

  onModuleInit(): void {
    this.subscription = this.failures.subscribe(({ cause, exception }) => {
      this.logger.error(`a handler of ${cause.constructor.name} failed`, exception);
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }
}
