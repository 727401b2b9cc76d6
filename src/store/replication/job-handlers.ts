import type { JobHandler, JobName } from './job-queue.js';

export interface HourlyJob {
  readonly name: JobName;
  readonly minute: number;
}

/** Who does which kind of job on this replica. */
export class JobHandlers {
  private readonly handlers = new Map<JobName, JobHandler>();
  private readonly hourlyJobs: HourlyJob[] = [];
  private isSealed = false;

  get names(): readonly JobName[] {
    return [...this.handlers.keys()];
  }

  get hourlies(): readonly HourlyJob[] {
    return this.hourlyJobs;
  }

  get(name: JobName): JobHandler | undefined {
    return this.handlers.get(name);
  }

  add(name: JobName, handler: JobHandler): void {
    if (this.isSealed)
      throw new Error(`The handler of ${name} comes too late: the job queue has been started.`);
    if (this.handlers.has(name)) throw new Error(`Job ${name} has two handlers.`);
    this.handlers.set(name, handler);
  }

  addHourly(name: JobName, minute: number, handler: JobHandler): void {
    this.add(name, handler);
    this.hourlyJobs.push({ name, minute });
  }

  seal(): void {
    this.isSealed = true;
  }
}
