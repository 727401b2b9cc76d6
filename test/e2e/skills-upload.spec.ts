import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';
import { skillZip, zip } from '../support/zip.js';

const NOBODY = '00000000-0000-7000-8000-000000000000';

let gateway: RunningGateway;
let admin: RestClient;
let ann: RestClient;
let bob: RestClient;
let names = 0;
const newSlug = (): string => `skill-${++names}`;

beforeAll(async () => {
  gateway = await startGateway({ mode: 'managed' });
  admin = RestClient.admin(gateway);
  ann = await admin.bound('ann');
  bob = await admin.bound('bob');
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function upload(client: RestClient, archive: Buffer, field = 'file') {
  const form = new FormData();
  form.append('note', 'beside the file');
  form.append(field, new Blob([new Uint8Array(archive)]), 'skill.zip');
  const headers = {
    authorization: `Bearer ${client.token}`,
    ...(client.userId !== undefined && { 'x-goclaw-user-id': client.userId }),
  };
  const response = await fetch(`${gateway.url}/v1/skills/upload`, { method: 'POST', headers, body: form });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function uploaded(client: RestClient, archive: Buffer): Promise<Record<string, unknown>> {
  const { status, body } = await upload(client, archive);
  expect([status, body]).toEqual([201, expect.any(Object)]);
  return body;
}

const directory = (...parts: string[]): string => join(gateway.dataDir, 'skills', ...parts);
const left = (): string[] => readdirSync(directory()).filter((name) => name.startsWith('.'));

describe('an uploaded skill', () => {
  it('is unpacked below the skills directory, and read by slug, id and name', async () => {
    const slug = newSlug();
    const skill = await uploaded(
      ann,
      skillZip('Weekly Report', [{ name: 'a.txt', content: 'A' }], `slug: ${slug}\n`),
    );
    expect(skill).toMatchObject({
      slug,
      name: 'Weekly Report',
      description: 'Does Weekly Report.',
      version: 1,
      source: 'managed',
      path: `${slug}/1/SKILL.md`,
      visibility: 'private',
      status: 'active',
      owner_id: 'ann',
      runtime: 'not_available',
    });
    expect(readFileSync(directory(slug, '1', 'a.txt'), 'utf8')).toBe('A');
    for (const name of [slug, String(skill['id']), encodeURIComponent('Weekly Report')])
      expect(await ann.done('GET', `/v1/skills/${name}`)).toMatchObject({ id: skill['id'] });
    expect(left()).toEqual([]);
  });

  it('gets the next version when it is uploaded again; the one before stays', async () => {
    const slug = newSlug();
    const first = await uploaded(ann, skillZip(slug, [{ name: 'a.txt', content: 'old' }]));
    const second = await uploaded(ann, skillZip(slug, [{ name: 'a.txt', content: 'new' }]));
    expect(second).toMatchObject({ id: first['id'], version: 2, record_version: 2 });
    expect(readFileSync(directory(slug, '1', 'a.txt'), 'utf8')).toBe('old');
    expect(readFileSync(directory(slug, '2', 'a.txt'), 'utf8')).toBe('new');
    expect(await upload(bob, skillZip(slug))).toMatchObject({ status: 409 });
    expect(existsSync(directory(slug, '3'))).toBe(false);
  });

  it('gets each version once, when many upload it at the same time', async () => {
    const slug = newSlug();
    const answers = await Promise.all(Array.from({ length: 4 }, () => upload(ann, skillZip(slug))));
    const versions = answers.map(({ body }) => Number(body['version'])).toSorted((a, b) => a - b);
    expect(versions).toEqual([1, 2, 3, 4]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(readdirSync(directory(slug)).toSorted()).toEqual(['1', '2', '3', '4']);
    expect(await ann.done('GET', `/v1/skills/${slug}`)).toMatchObject({ version: 4 });
  });

  it.each([
    ['no ZIP', Buffer.from('hello'), 'not a ZIP archive'],
    ['no SKILL.md', zip([{ name: 'README.md', content: 'x' }]), 'no SKILL.md'],
    ['no name', zip([{ name: 'SKILL.md', content: '# Title' }]), 'without a name'],
    ['a path upwards', skillZip('evil', [{ name: '../evil.txt', content: 'x' }]), 'relative path'],
    [
      'a link',
      skillZip('evil', [{ name: 'link', content: '/etc/passwd', mode: 0o120777 }]),
      'neither file nor',
    ],
    [
      'a wrong size',
      skillZip('evil', [{ name: 'b', content: 'x'.repeat(9_999), announcedSize: 9 }]),
      'not a ZIP archive',
    ],
  ])('is refused with %s, and nothing of it stays', async (_, archive, why) => {
    const { status, body } = await upload(ann, archive);
    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ message: expect.stringContaining(why), param: 'file' });
    expect(left()).toEqual([]);
    expect(existsSync(directory('evil'))).toBe(false);
  });

  it('is refused when it is too large, has another field, or is no form', async () => {
    expect((await upload(ann, Buffer.alloc(21 * 1024 * 1024))).status).toBe(413);
    expect(await upload(ann, skillZip('x'), 'archive')).toMatchObject({ status: 400 });
    expect(await ann.refusal('POST', '/v1/skills/upload', {})).toMatch(/^400 .*multipart/);
    expect((await upload(await admin.bound('eve', 'viewer'), skillZip('xy'))).status).toBe(403);
  });
});

describe('a skill', () => {
  it('is seen by its owner, by whom it was given to, and by admins; by everybody once it is public', async () => {
    const slug = newSlug();
    const { id } = await uploaded(ann, skillZip(slug));
    const seenBy = async (client: RestClient): Promise<boolean> => {
      const { skills } = await client.done('GET', '/v1/skills?limit=200');
      const listed = JSON.stringify(skills).includes(String(id));
      const { status } = await client.call('GET', `/v1/skills/${slug}`);
      expect(status).toBe(listed ? 200 : 404);
      return listed;
    };
    expect([await seenBy(ann), await seenBy(bob), await seenBy(admin)]).toEqual([true, false, true]);
    expect(await bob.refusal('POST', `/v1/skills/${slug}/grants/user`, { user_id: 'bob' })).toMatch(/^404 /);
    expect(await ann.done('POST', `/v1/skills/${slug}/grants/user`, { user_id: 'bob' })).toMatchObject({
      ok: 'true',
    });
    expect(await seenBy(bob)).toBe(true);
    await ann.done('DELETE', `/v1/skills/${slug}/grants/user/bob`);
    expect(await seenBy(bob)).toBe(false);
    expect(await ann.refusal('PATCH', `/v1/skills/${slug}`, { visibility: 'public' })).toMatch(/^403 /);
    await admin.done('PATCH', `/v1/skills/${slug}`, { visibility: 'public' });
    expect(await seenBy(bob)).toBe(true);
    expect(await bob.refusal('PATCH', `/v1/skills/${slug}`, { name: 'mine' })).toMatch(/^403 /);
    expect(await bob.refusal('DELETE', `/v1/skills/${slug}`)).toMatch(/^403 /);
  });

  it('is given to agents in a version that exists', async () => {
    const slug = newSlug();
    await uploaded(ann, skillZip(slug));
    await uploaded(ann, skillZip(slug));
    const { id: agent } = await admin.done('POST', '/v1/agents', {
      agent_key: `agent-of-${slug}`,
      owner_id: 'ann',
    });
    const grants = `/v1/skills/${slug}/grants`;
    expect(await ann.done('POST', `${grants}/agent`, { agent_id: agent })).toMatchObject({
      pinned_version: 2,
    });
    expect(await ann.done('POST', `${grants}/agent`, { agent_id: agent, version: 1 })).toMatchObject({
      pinned_version: 1,
    });
    expect(await ann.refusal('POST', `${grants}/agent`, { agent_id: agent, version: 3 })).toMatch(
      /^400 version/,
    );
    expect(await ann.refusal('POST', `${grants}/agent`, { agent_id: NOBODY })).toMatch(/^400 agent_id/);
    expect((await ann.done('GET', grants))['agents']).toMatchObject([{ agent_id: agent, pinned_version: 1 }]);
    expect(await ann.done('DELETE', `${grants}/agent/${String(agent)}`)).toMatchObject({
      ok: 'true',
      agent_id: agent,
    });
    expect(await ann.done('GET', grants)).toEqual({ agents: [], users: [] });
  });

  it('is given by others than admins to agents that they may change alone', async () => {
    const slug = newSlug();
    await uploaded(ann, skillZip(slug));
    const of = (owner_id: string) =>
      admin.done('POST', '/v1/agents', { agent_key: `${owner_id}-${slug}`, owner_id });
    const [bobs, everybodys] = [await of('bob'), await of('system')];
    const grants = `/v1/skills/${slug}/grants`;
    for (const { id: agent_id } of [bobs, everybodys])
      expect(await ann.refusal('POST', `${grants}/agent`, { agent_id })).toMatch(
        /^400 agent_id is not the id of an agent that you may change/,
      );
    expect(await ann.done('GET', grants)).toEqual({ agents: [], users: [] });
    expect(await admin.done('POST', `${grants}/agent`, { agent_id: bobs['id'] })).toMatchObject({
      ok: 'true',
    });
  });

  it('is changed by who has seen the last version of its record', async () => {
    const slug = newSlug();
    await uploaded(ann, skillZip(slug));
    const path = `/v1/skills/${slug}`;
    const read = await ann.call('GET', path);
    expect(read.etag).toBe('"1"');
    const changed = await ann.call('PUT', path, { ...read.body, tags: ['x'] }, { 'if-match': '"1"' });
    expect([changed.etag, changed.body]).toEqual([
      '"2"',
      expect.objectContaining({ ok: 'true', tags: ['x'], version: 1 }),
    ]);
    expect((await ann.call('PUT', path, { tags: [] }, { 'if-match': '"1"' })).status).toBe(412);
    expect(await ann.refusal('PUT', path, { visibility: 'secret' })).toMatch(/^400 visibility/);
  });

  it('leaves its slug when it is archived, and its files to the version after', async () => {
    const slug = newSlug();
    const { id } = await uploaded(ann, skillZip(slug));
    expect(await ann.done('DELETE', `/v1/skills/${slug}`)).toMatchObject({ ok: 'true', status: 'archived' });
    expect(await ann.refusal('GET', `/v1/skills/${slug}`)).toMatch(/^404 /);
    expect(await ann.done('GET', `/v1/skills/${String(id)}`)).toMatchObject({ status: 'archived' });
    expect(await uploaded(bob, skillZip(slug))).toMatchObject({ owner_id: 'bob', version: 2 });
    expect(await ann.refusal('PATCH', `/v1/skills/${String(id)}`, { status: 'active' })).toMatch(/^409 /);
  });

  it('is read and changed over the socket, by slug, name or id', async () => {
    const slug = newSlug();
    const { id } = await uploaded(admin, skillZip(`Title of ${slug}`, [], `slug: ${slug}\n`));
    using root = await RawSocket.connect(gateway, 'root');
    expect((await root.result('skills.list'))['skills']).toContainEqual(
      expect.objectContaining({ id, slug }),
    );
    const read = await root.result('skills.get', { name: slug });
    expect(read).toMatchObject({ id, content: `# Title of ${slug}\nRead ${slug}/1/a.txt.\n` });
    const updates = { description: 'Other.' };
    for (const which of [{ name: slug }, { name: `Title of ${slug}` }, { id }])
      expect(await root.result('skills.update', { ...which, updates })).toMatchObject({
        ok: 'true',
        description: 'Other.',
      });
    expect(await root.refusal('skills.update', { name: slug, updates: { owner_id: 'x' } })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    using other = await RawSocket.connect({ wsUrl: gateway.wsUrl, token: bob.token });
    expect(await other.refusal('skills.get', { name: slug })).toMatchObject({ code: 'NOT_FOUND' });
  });
});
