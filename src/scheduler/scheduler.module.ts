import { Module } from '@nestjs/common';
import { Acceptance } from './acceptance.js';
import { Scheduler } from './scheduler.js';

@Module({ providers: [Acceptance, Scheduler], exports: [Scheduler] })
export class SchedulerModule {}
