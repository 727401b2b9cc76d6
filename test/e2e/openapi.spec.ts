import { createConfig, lintFromString } from '@redocly/openapi-core';
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';

let gateway: RunningGateway;
let source: string;

beforeAll(async () => {
  gateway = await startGateway({ mode: 'managed' });
  source = await (await fetch(`${gateway.url}/docs/openapi.json`)).text();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('the OpenAPI document', () => {
  it('costs a start nothing: what a route takes and gives is built without Swagger', () => {
    const built = globSync('dist/src/http/*/dto/*.js');
    const heavy = built.filter((file) => /import \* as .*@nestjs\/swagger/.test(readFileSync(file, 'utf8')));
    expect(built.length).toBeGreaterThan(20);
    expect(heavy).toEqual([]);
  });

  it('passes Redocly’s recommended rules without a finding', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    const findings = problems.map(
      ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
    );
    expect(findings).toEqual([]);
  });

  it('puts every route into a group that says what it is for', () => {
    const { paths, tags } = JSON.parse(source) as {
      paths: Record<string, Record<string, { tags: string[] }>>;
      tags: { name: string }[];
    };
    const used = new Set(
      Object.values(paths).flatMap((operations) => Object.values(operations).flatMap((one) => one.tags)),
    );
    expect([...used].toSorted()).toEqual(tags.map(({ name }) => name).toSorted());
  });
});
