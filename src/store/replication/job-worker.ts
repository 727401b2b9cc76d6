import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { JobQueue } from './job-queue.js';

/** Lets jobs be worked on while the modules are there: who handles a kind of job says so in `onModuleInit`. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly jobs: JobQueue) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.jobs.stop();
  }
}
