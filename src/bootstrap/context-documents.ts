import type { Caller, WorkspaceDocuments, WorkspaceDocumentText } from '#contracts';
import { StoreError } from '#store';
import { BootstrapError } from './bootstrap.errors.js';
import type { ContextAgent, FilePlace } from './context-file.js';
import { ALLOWED_FILES, CONTEXT_FILES, USER_FILE } from './context-file-names.js';
import type { ContextFiles } from './context-files.js';

/**
 * The context files of a run as files of its workspace's root: what an agent reads and writes there goes to the
 * database. Of an open agent they are the user's. Of a predefined one USER.md is the user's, the others are the
 * agent's, and only runs of its owner and editors change them.
 */
export class ContextDocuments implements WorkspaceDocuments {
  constructor(
    private readonly files: ContextFiles,
    private readonly agent: ContextAgent,
    private readonly caller: Caller,
    /** Asked when it is needed: it can change while the run goes. */
    private readonly mayEditAgent: () => Promise<boolean>,
  ) {}

  get names(): readonly string[] {
    return ALLOWED_FILES;
  }

  /** What the user has not changed yet is the agent's, and its version is that of nothing. */
  async read(name: string): Promise<WorkspaceDocumentText | undefined> {
    const isUsers = this.isUsers(name);
    const own = isUsers ? await this.files.find(this.users, name) : undefined;
    const file = own ?? (await this.files.find({ agent: this.agent }, name));
    return file && { content: file.content, version: (isUsers ? own : file)?.version ?? 0 };
  }

  async write(name: string, content: string, version?: number): Promise<string | undefined> {
    if (!this.isUsers(name) && !(await this.mayEditAgent())) {
      return `${name} belongs to the agent; only its owner and editors can change it. What concerns this user alone goes into ${USER_FILE}.`;
    }
    const place = this.isUsers(name) ? this.users : { agent: this.agent };
    try {
      await this.files.write(this.caller, place, name, content, version);
      return undefined;
    } catch (error) {
      if (error instanceof BootstrapError) return error.message;
      if (error instanceof StoreError && error.reason === 'stale')
        return `"${name}" was changed by somebody else meanwhile; read it again, then edit it.`;
      throw error;
    }
  }

  private get users(): FilePlace {
    return { agent: this.agent, userId: this.caller.userId };
  }

  private isUsers(name: string): boolean {
    return this.agent.type === 'open' || name === USER_FILE || !CONTEXT_FILES.some((known) => known === name);
  }
}
