import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { JobClient } from './job-client.js';

/** One connection listens for new jobs, the others fetch and end them. */
export const JOB_CONNECTIONS = 3;

const CONNECT_TIMEOUT_MS = 5_000;

/** Connections of the job queue alone: jobs must not wait for runs, nor runs for jobs. */
export function openJobPool(dsn: string): Pool {
  const logger = new Logger('Jobs');
  const pool = new Pool({
    Client: JobClient,
    connectionString: dsn,
    max: JOB_CONNECTIONS,
    application_name: 'goclaw-jobs',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // An `error` that nobody listens to ends the process; whoever uses the connection gets the error as well.
  const onError = (error: Error): void => logger.debug(`a connection was lost: ${error.message}`);
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
