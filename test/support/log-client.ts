import type { RunEvent } from '#contracts';
import type { AgentEvent } from '#protocol';
import { discardAfterOf, LogReader } from '../../libs/client/log-reader.js';
import { StreamedText } from '../../libs/client/streamed-text.js';

/** A client that reads a run's log by the rules of the client library. */
export class LogClient {
  readonly types: string[] = [];
  /** How often text was taken back. */
  retractions = 0;
  private readonly reader = new LogReader();
  private readonly streamed = new StreamedText();

  get text(): string {
    return this.streamed.text;
  }

  get position(): LogReader['position'] {
    return this.reader.position;
  }

  get ended(): boolean {
    return this.reader.ended;
  }

  readonly take = (event: RunEvent): void => {
    const told = { ...event, agentId: 'default', sessionKey: '' } as AgentEvent;
    const verdict = this.reader.accept(told);
    if (verdict === 'gap') throw new Error(`events are missing before ${event.attempt}.${event.seq}`);
    if (verdict === 'duplicate') return;
    this.types.push(event.type);
    const discardAfter = discardAfterOf(told);
    if (discardAfter && this.streamed.discardAfter(discardAfter)) this.retractions += 1;
    if (event.type === 'chunk') this.streamed.append(event, event.payload.content);
  };
}
