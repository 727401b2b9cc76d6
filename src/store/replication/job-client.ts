import { Client } from 'pg';

/**
 * A connection whose failures to connect carry no code: for some codes graphile-worker waits up to two minutes before
 * it tries again, and its jobs would wait as long after the database is back.
 */
export class JobClient extends Client {
  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | void {
    if (!callback) return super.connect();
    super.connect((error: Error | null) => {
      // The driver passes null when it is connected, which its types do not say.
      callback((error && new Error(error.message, { cause: error })) as Error);
    });
  }
}
