import { Agent, request } from 'node:http';
import { percentile } from './statistics.js';

/** A request to send again and again, and how to tell that its answer is right. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** Must be part of every answer. */
  readonly expected: string;
}

export interface LoadFigures {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends requests from `concurrency` connections, each the next when the one before it was answered. */
export async function load(target: Target, concurrency: number, durationMs: number): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies: number[] = [];
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (;;) {
      const sent = performance.now();
      if (sent - began >= durationMs) return;
      const { status, body } = await post(target, agent);
      latencies.push(performance.now() - sent);
      if (status !== 200 || !body.includes(target.expected))
        throw new Error(`${target.name} answered ${status}: ${body.slice(0, 500)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    agent.destroy();
  }
  return {
    count: latencies.length,
    perSecond: latencies.length / ((performance.now() - began) / 1_000),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** One request, its answer read to the end. */
export function post(
  { url, headers, body }: Pick<Target, 'url' | 'headers' | 'body'>,
  agent: Agent,
): Promise<{ status: number; body: string }> {
  const payload = JSON.stringify(body);
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
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(payload);
  });
}
