import type { ConfigService, Environment } from '#config';

/** What the command line gets from the program that it belongs to. */
export interface CliContext {
  readonly env: Environment;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** Loads configuration file, `.env.local` and environment with every section of the program. @throws ConfigError */
  loadConfig(path: string | undefined): ConfigService;
  /** Starts the gateway and resolves with the exit code when it has shut down. */
  serve(options: { config?: string; verbose: boolean }): Promise<number>;
}
