import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import type { ContentPart } from '#contracts';
import { Clock } from '#kernel';
import type { NewMessage } from '#store';
import { AgentError } from '../agent.errors.js';
import { IntakeConfig } from '../agents.config.js';
import { blockedInputText, guardInput } from '../guard/input-guard.js';
import { truncateMessage } from '../guard/truncate-message.js';
import { withTokens } from '../loop/with-tokens.js';
import { contextLine } from '../prompt/context-line.js';
import type { GivenMessage } from './run-request.js';

/** What is done with a message before it is accepted. */
@Injectable()
export class Intake {
  private readonly logger = new Logger('Intake');

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /**
   * The user's message as it will stand in the transcript: cut to size, with the time beside it.
   * @throws AgentError `message-empty`, `message-blocked`.
   */
  userMessage(content: readonly ContentPart[]): NewMessage {
    const cut = this.cut(content);
    if (cut.every((part) => part.type === 'text' && part.text.trim() === '')) {
      throw new AgentError('message-empty', 'The message is empty. Send some text or an image.');
    }
    this.guard(cut);
    return withTokens({ role: 'user', content: cut, context: contextLine(new Date(this.clock.now())) });
  }

  /** An earlier message of a conversation that its client keeps. */
  givenMessage({ role, content }: GivenMessage): NewMessage {
    return withTokens({ role, content: role === 'user' ? this.cut(content) : content });
  }

  private cut(content: readonly ContentPart[]): ContentPart[] {
    const { max_message_chars: limit } = this.config.get(IntakeConfig);
    return content.map((part) =>
      part.type === 'text' ? { ...part, text: truncateMessage(part.text, limit) } : part,
    );
  }

  private guard(content: readonly ContentPart[]): void {
    const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    const verdict = guardInput(text, this.config.get(IntakeConfig).injection_action);
    if (verdict.logLevel) {
      const finding = `a message looks like a prompt injection: ${verdict.patterns.join(', ')}`;
      if (verdict.logLevel === 'warn') this.logger.warn(finding);
      else this.logger.log(finding);
    }
    if (verdict.blocked) throw new AgentError('message-blocked', blockedInputText(verdict.patterns));
  }
}
