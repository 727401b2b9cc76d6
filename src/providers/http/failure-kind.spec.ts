import { describe, expect, it } from 'vitest';
import { withErrorObject } from './error-body.js';
import { failureKind } from './failure-kind.js';
import { objectOf, parseJson } from './json.js';
import { redact } from './redact.js';
import { retryAfterOf } from './retry-after.js';

const kindOf = (status: number | undefined, message: string, code = '') =>
  failureKind({ status, type: '', code, message });

describe('The kind of a failure', () => {
  it.each([
    [400, "This model's maximum context length is 8192 tokens", 'context-overflow'],
    [400, 'prompt is too long: 210000 tokens > 200000 maximum', 'context-overflow'],
    [400, 'The input token count (1200000) exceeds the maximum number of tokens allowed', 'context-overflow'],
    [400, 'Your credit balance is too low to access the Anthropic API', 'billing'],
    [400, 'API key not valid. Please pass a valid API key.', 'authentication'],
    [400, 'Incorrect API key provided: xa***', 'authentication'],
    [400, 'Model Not Exist', 'model-not-found'],
    [400, 'Invalid model: gpt-9', 'model-not-found'],
    [422, 'messages: Input should be a valid list', 'bad-request'],
    [400, '`temperature` is deprecated for this model.', 'bad-request'],
    [429, 'You exceeded your current quota, please check your plan and billing details', 'rate-limited'],
    [520, 'Web server returned an unknown error', 'server'],
    [undefined, 'Something broke', 'server'],
    [undefined, 'prompt is too long', 'context-overflow'],
  ])('%s "%s" is %s', (status, message, kind) => {
    expect(kindOf(status, message)).toBe(kind);
  });

  it('goes by the vendor code before anything else', () => {
    expect(kindOf(429, 'You exceeded your current quota', 'insufficient_quota')).toBe('billing');
    expect(kindOf(400, '', 'context_length_exceeded')).toBe('context-overflow');
  });
});

describe('An error body', () => {
  it.each([
    ['{"error":{"message":"a","code":"b"}}', 'a'],
    ['[{"error":{"code":429,"message":"quota"}}]', 'quota'],
    ['{"detail":"not here"}', 'not here'],
    ['{"object":"error","message":"m","type":"t"}', 'm'],
    ['{"error":"model \\"x\\" not found"}', 'model "x" not found'],
    ['<html><h1>502</h1> Bad\n gateway</html>', '502 Bad gateway'],
    ['', ''],
  ])('%s says "%s"', (text, message) => {
    const body = objectOf(parseJson(withErrorObject(text)));
    expect(objectOf(body['error'])['message']).toBe(message);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after': '9', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o is %s ms', (headers, expected) => {
    expect(retryAfterOf(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});

describe('Redaction', () => {
  it('removes the key and what looks like one, and nothing else', () => {
    const text =
      'key my-secret-key, Bearer abcdefghijklmnop, sk-ant-api03-abcdefgh, AIzaSyA1234567890abc, tokens 12345';
    expect(redact(text, 'my-secret-key')).toBe('key ***, ***, ***, ***, tokens 12345');
    expect(redact('monkey business is risky-looking here', undefined)).toBe(
      'monkey business is risky-looking here',
    );
  });
});
