import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '#crypto';
import { SealedFields } from '#permissions';
import type { ChannelInstanceRow } from '#store';
import { columnsOf, showInstance } from './instance-input.js';

const sealed = new SealedFields(new SecretBox(randomBytes(32)));
const NEW = { name: 'support', channel_type: 'telegram', agent_id: 'a', credentials: { token: 't0ken' } };

function row(values: Partial<ChannelInstanceRow> = {}): ChannelInstanceRow {
  return {
    id: 'i',
    version: 1,
    created_at: new Date(0),
    updated_at: new Date(0),
    display_name: '',
    config: {},
    enabled: true,
    created_by: 'root',
    ...NEW,
    credentials: sealed.map('credentials', NEW.credentials, null) ?? null,
    ...values,
  };
}

describe('A channel instance', () => {
  it.each([{ token: 't0ken', proxy: 'socks5://p' }, '{"token":"t0ken","proxy":"socks5://p"}'])(
    'takes its credentials as an object and as JSON text: %j',
    (credentials) => {
      const columns = columnsOf({ ...NEW, credentials }, undefined, sealed);
      expect(columns.credentials).not.toContain('t0ken');
      expect(sealed.openMap(columns.credentials ?? '')).toEqual({ token: 't0ken', proxy: 'socks5://p' });
    },
  );

  it.each([
    ['telegram', {}, 'credentials.token is required'],
    ['discord', { proxy: 'x' }, 'credentials.proxy is not known'],
    ['discord', { token: 7 }, 'credentials.token must be a text'],
    ['discord', { token: 'a\u0000b' }, 'credentials.token must be a text'],
    ['whatsapp', { bridge_url: 'file:///etc/passwd' }, 'credentials.bridge_url must be'],
    ['feishu', { app_id: 'x' }, 'credentials.app_secret is required'],
    ['zalo_oa', '{"token":', 'credentials is not valid JSON'],
    ['zalo_oa', ['token'], 'credentials must be an object'],
    ['slack', { bot_token: 'x' }, 'channel_type must be one of'],
    ['constructor', {}, 'channel_type must be one of'],
  ])('of type %s is refused with the credentials %j', (channel_type, credentials, why) => {
    expect(() => columnsOf({ ...NEW, channel_type, credentials }, undefined, sealed)).toThrow(why);
  });

  it.each([
    [{ dm_policy: 'everybody' }, 'config.dm_policy must be one of pairing'],
    [{ allow_from: 'ann' }, 'config.allow_from must be a list'],
    [{ history_limit: 1.5 }, 'config.history_limit must be a whole number'],
    [{ require_mention: 'yes' }, 'config.require_mention must be true or false'],
    [{ token: 'x' }, 'config.token is not known'],
    ['[]', 'config must be an object'],
  ])('is refused with the configuration %j', (config, why) => {
    expect(() => columnsOf({ ...NEW, config }, undefined, sealed)).toThrow(why);
  });

  it('needs no credentials while it is disabled', () => {
    const draft = { name: 'draft', channel_type: 'telegram', agent_id: 'a', enabled: false };
    expect(columnsOf(draft, undefined, sealed)).toMatchObject({ enabled: false });
    const disabled = row({ enabled: false, credentials: null });
    expect(() => columnsOf({ enabled: true }, disabled, sealed)).toThrow('credentials.token is required');
  });

  it('keeps a credential that is given as ***, and its type for ever', () => {
    const changed = columnsOf({ credentials: { token: '***', proxy: 'p' } }, row(), sealed);
    expect(sealed.openMap(changed.credentials ?? '')).toEqual({ token: 't0ken', proxy: 'p' });
    expect(() => columnsOf({ channel_type: 'discord' }, row(), sealed)).toThrow('cannot be changed');
  });

  it('sends stored credentials to no other domain than the one that they were given for', () => {
    const stored = sealed.map('credentials', { app_id: 'a', app_secret: 's3cret' }, null) ?? null;
    const feishu = row({ channel_type: 'feishu', credentials: stored, config: { domain: 'feishu' } });
    const config = { domain: 'https://evil.test' };
    const again = 'credentials are required again';
    expect(() => columnsOf({ config }, feishu, sealed)).toThrow(again);
    const kept = { app_id: 'a', app_secret: '***' };
    expect(() => columnsOf({ config, credentials: kept }, feishu, sealed)).toThrow(again);
    expect(
      columnsOf({ config, credentials: { app_id: 'a', app_secret: 'b' } }, feishu, sealed),
    ).toMatchObject({
      config,
    });
    const narrowed = { domain: 'feishu', dm_policy: 'disabled' };
    expect(columnsOf({ config: narrowed }, feishu, sealed)).toMatchObject({ config: narrowed });
  });

  it('never repeats what could be a secret when its JSON cannot be read', () => {
    const refuse = (): unknown => columnsOf({ ...NEW, credentials: 'secret-token-123' }, undefined, sealed);
    expect(refuse).toThrow(/^((?!secret).)*$/);
  });

  it.each([
    ['telegram', true],
    ['team/default', true],
    ['team', false],
  ])('called %s is a default one: %j', (name, expected) => {
    expect(showInstance(row({ name }), sealed)).toMatchObject({
      is_default: expected,
      credentials: { token: '***' },
    });
  });
});
