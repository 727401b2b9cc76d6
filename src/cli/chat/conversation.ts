import { type ChatRun, type GoClawClient, RpcError } from '#client';
import { type AgentInfo, ErrorCode } from '#protocol';
import { defaultSessionKey, resolveSessionKey } from '#sessions';
import { CliError } from '../cli.errors.js';
import { AnswerView } from './answer-view.js';
import { ApprovalPrompt } from './approval-prompt.js';
import type { ChatFlags } from './chat-flags.js';
import type { ChatScreen } from './chat-screen.js';

/** Sessions that are looked through for the one to go on with: it is among the newest. */
const RECENT_SESSIONS = 100;

/** One session with one agent. */
export class Conversation {
  /** Commands of it that wait for an approval. */
  readonly approvals: ApprovalPrompt;
  private run: ChatRun | undefined;
  private isStopping = false;
  private isOver = false;

  private constructor(
    private readonly client: GoClawClient,
    private readonly screen: ChatScreen,
    readonly agent: AgentInfo,
    private readonly sessionKey: string,
  ) {
    this.approvals = new ApprovalPrompt(client, screen, sessionKey);
  }

  /** @throws CliError `unknown-agent`; AppError for an impossible session key; RpcError. */
  static async open(
    client: GoClawClient,
    screen: ChatScreen,
    flags: ChatFlags,
    userId: string,
  ): Promise<Conversation> {
    const { agents } = await client.call('agents.list');
    const agent = agents.find(({ id, isDefault }) =>
      flags.name === undefined ? isDefault : id === flags.name,
    );
    if (!agent) throw unknownAgent(flags.name, agents);
    const key =
      flags.session === undefined
        ? defaultSessionKey(agent.id, userId)
        : resolveSessionKey(flags.session, agent.id);
    return new Conversation(client, screen, agent, key);
  }

  /** An answer is going, and nobody has stopped it. */
  get canStop(): boolean {
    return this.run !== undefined && !this.isStopping;
  }

  /** Messages that the session holds already. */
  async messageCount(): Promise<number> {
    const { sessions } = await this.client.call('sessions.list', {
      agentId: this.agent.id,
      limit: RECENT_SESSIONS,
    });
    return sessions.find(({ key }) => key === this.sessionKey)?.messageCount ?? 0;
  }

  /** Shows the answer while it comes; `false` when it failed or was stopped. */
  async ask(message: string): Promise<boolean> {
    const view = new AnswerView(this.screen);
    this.run = this.client.chat(
      { message, agentId: this.agent.id, sessionKey: this.sessionKey },
      { onUpdate: (update) => view.show(update) },
    );
    try {
      const result = await this.run.done;
      view.end(result);
      return result.status === 'completed' || result.status === 'merged';
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (!this.isOver) view.fail(error);
      return false;
    } finally {
      this.run = undefined;
      this.isStopping = false;
    }
  }

  /** Stops the answer that is going; what came of it stays in the conversation. */
  stop(): void {
    this.isStopping = true;
    this.screen.status('stopping …');
    // Whether it worked is told by how the run ends.
    this.run?.abort().catch(() => undefined);
  }

  /** Ends it here, without waiting for an answer that is going. */
  leave(): void {
    this.isOver = true;
    this.screen.endLine();
    this.client.close();
  }

  /** Shows where to sign in at an MCP server; its tools are there for the messages after that. `false` when that failed. */
  async signIn(server: string): Promise<boolean> {
    try {
      const begun = await this.client.call('mcp.signIn', { server });
      this.screen.notice(`To sign in at ${begun.server}, open this address in a browser, then go on here:`);
      this.screen.notice(begun.authorizationUrl);
      return true;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.screen.failure(error.message);
      return false;
    }
  }

  /** The agent forgets what was said; `false` when that failed. */
  async reset(): Promise<boolean> {
    try {
      await this.client.call('sessions.reset', { key: this.sessionKey });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      // Not found: nothing was said yet.
      if (error.code !== ErrorCode.NOT_FOUND) {
        this.screen.failure(error.message);
        return false;
      }
    }
    this.screen.notice('A new conversation.');
    return true;
  }
}

function unknownAgent(name: string | undefined, agents: readonly AgentInfo[]): CliError {
  const known = agents.map(({ id }) => id).join(', ');
  const what = name === undefined ? 'There is no default agent' : `There is no agent "${name}"`;
  return new CliError(
    'unknown-agent',
    known === ''
      ? `${what}: the gateway shows you none.`
      : `${what}. Pass one of these with --name: ${known}`,
  );
}
