import { type Agent, request } from 'node:http';
import type { Target } from './http-load.js';

/** Deltas of an OpenAI stream, as they come. Resolves at its end. @throws Error when it does not end properly */
export function readChatStream(
  { name, url, headers, body }: Omit<Target, 'expected'>,
  agent: Agent,
  onDelta: (text: string) => void,
): Promise<void> {
  const payload = JSON.stringify({ ...body, stream: true });
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      agent,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      },
    });
    call.on('response', (response) => {
      if (response.statusCode !== 200) {
        let error = '';
        response.setEncoding('utf8').on('data', (text: string) => (error += text));
        response.on('end', () =>
          reject(new Error(`${name} answered ${response.statusCode} to a stream: ${error}`)),
        );
        return;
      }
      const events = new DeltaReader(onDelta);
      response.setEncoding('utf8');
      response.on('data', (text: string) => events.push(text));
      response.on('end', () => (events.done ? resolve() : reject(new Error(`${name} broke a stream off`))));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(payload);
  });
}

/** Splits server-sent events into the text of their deltas. */
class DeltaReader {
  done = false;
  private rest = '';
  private readonly onDelta: (text: string) => void;

  constructor(onDelta: (text: string) => void) {
    this.onDelta = onDelta;
  }

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'data: [DONE]') this.done = true;
      else if (line.startsWith('data: ')) this.event(line.slice('data: '.length));
    }
  }

  private event(json: string): void {
    const { choices } = JSON.parse(json) as { choices?: { delta?: { content?: string } }[] };
    const content = choices?.[0]?.delta?.content;
    if (content !== undefined && content !== null && content !== '') this.onDelta(content);
  }
}
