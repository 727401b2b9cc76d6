import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AgentApp, type AgentAppOptions, startAgentApp } from './agent-app.js';
import { mortal } from './mortal-database.js';

/** One life of the gateway. */
export interface MortalAgentApp extends AgentApp {
  /** Ends it as SIGKILL does, as far as anybody outside can tell. */
  kill(): void;
}

export async function startMortalAgentApp(options: AgentAppOptions): Promise<MortalAgentApp> {
  const end = mortal(options.database);
  const app = await startAgentApp({ ...options, database: end.database });
  const kill = (): void => {
    end.kill();
    // Lets go of its sockets and timers, and then waits for ever for its database.
    void app[Symbol.asyncDispose]();
    rmSync(dirname(app.workspace), { recursive: true, force: true });
  };
  return { ...app, kill };
}
