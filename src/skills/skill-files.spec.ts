import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '#kernel';
import { DatabaseConfig } from '#store';
import { configOf } from '../../test/support/config.js';
import { skillZip } from '../../test/support/zip.js';
import { openPackage } from './package/open-package.js';
import { SkillFiles } from './skill-files.js';
import { SkillsConfig } from './skills.config.js';

async function start(): Promise<{ files: SkillFiles; root: string; stage: () => Promise<string> }> {
  const root = mkdtempSync(join(tmpdir(), 'goclaw-skills-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const config = configOf([SkillsConfig, DatabaseConfig], {}, { GOCLAW_SKILLS_DIR: root });
  const files = new SkillFiles(config, new SystemClock());
  const packed = await openPackage(skillZip('Filed'));
  return { files, root, stage: () => files.stage(packed) };
}

it('places a staged package once, as a whole, and never over another one', async () => {
  const { files, root, stage } = await start();
  const staged = await stage();
  expect(await files.place(staged, 'filed/1')).toBe(true);
  expect(existsSync(staged)).toBe(false);
  expect(await files.text('filed/1')).toContain('# Filed');
  const second = await stage();
  expect(await files.place(second, 'filed/1')).toBe(false);
  await files.discard(second);
  expect(readdirSync(root)).toEqual(['filed']);
  expect(await files.text('filed/2')).toBeUndefined();
});

it('removes what a killed gateway left behind, and nothing that is being filled', async () => {
  const { root, stage } = await start();
  const [old, young] = ['.incoming-old', '.incoming-young'];
  for (const name of [old, young]) mkdirSync(join(root, name));
  utimesSync(join(root, old), 0, 0);
  await stage();
  expect(readdirSync(root)).not.toContain(old);
  expect(readdirSync(root)).toContain(young);
});
