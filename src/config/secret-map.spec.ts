import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { configSchema } from './config-schema.js';
import { ConfigSection, NestedMap, SecretMap } from './config-metadata.js';
import { propertyAt, shapeOf } from './config-shape.js';
import { takeSecrets } from './written-secrets.js';
import { IsObject, IsOptional, IsString } from 'class-validator';

class Service {
  @IsOptional() @IsString() url?: string;
  @IsObject() @SecretMap({ sentTo: 'url' }) headers: Record<string, string> = {};
}

@ConfigSection('reach', { live: true })
class ReachConfig {
  @NestedMap(() => Service) services: Record<string, Service> = {};
}

const file = (url: string, key: string): object => ({
  reach: { services: { wiki: { url, headers: { 'X-Key': key, 'X-Env': '${NAME}' } } } },
});
const PATH = ['reach', 'services', 'wiki', 'headers', 'X-Key'];

describe('secrets under free names', () => {
  const config = configOf([ReachConfig], file('https://wiki.test', 'k3y-of-the-wiki'));

  it('are there for the program and masked for everybody else', () => {
    expect(config.get(ReachConfig).services['wiki']?.headers['X-Key']).toBe('k3y-of-the-wiki');
    expect(config.masked()).toEqual({
      reach: {
        services: { wiki: { url: 'https://wiki.test', headers: { 'X-Key': '***', 'X-Env': '***' } } },
      },
    });
    expect(config.hash()).not.toBe(configOf([ReachConfig], file('https://wiki.test', 'other')).hash());
  });

  it('are warned of in the file, but for names of variables', () => {
    expect(config.warnings).toEqual([expect.stringMatching(/^reach\.services\.wiki\.headers .*\(X-Key\)/)]);
    expect(config.warnings.join()).not.toContain('k3y');
  });

  it('are taken out of what somebody writes, each by its path', () => {
    const shape = shapeOf([ReachConfig]);
    const { document, set, cleared } = takeSecrets(shape, {
      reach: { services: { wiki: { headers: { 'X-Key': 'new', Kept: '***', Gone: null } } } },
    });
    expect(document).toEqual({ reach: { services: { wiki: { headers: {} } } } });
    expect([...set]).toEqual([['reach.services.wiki.headers.X-Key', 'new']]);
    expect(cleared).toEqual(['reach.services.wiki.headers.Gone']);
    expect(propertyAt(shape, PATH)?.meta.secret).toBe(true);
  });

  it('go to no other host without being given again', () => {
    const moved = configOf([ReachConfig], file('https://evil.test', 'k3y-of-the-wiki'));
    expect(config.secretsMovedBy(moved, new Map())).toContain('reach.services.wiki.headers.X-Key');
    const given = new Map(
      ['X-Key', 'X-Env'].map((name) => [
        `reach.services.wiki.headers.${name}`,
        name === 'X-Key' ? 'k3y-of-the-wiki' : '${NAME}',
      ]),
    );
    expect(config.secretsMovedBy(moved, given)).toEqual([]);
  });

  it('are texts in the schema', () => {
    expect(JSON.stringify(configSchema([ReachConfig]))).toContain(
      '"headers":{"type":"object","additionalProperties":{"type":"string","writeOnly":true}}',
    );
  });
});
