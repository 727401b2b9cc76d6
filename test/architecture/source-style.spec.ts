import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.js';

const MAX_LINES = 400;
const P90_MAX_LINES = 250;
const MEDIAN_MAX_LINES = 60;

/** What a file may call itself after its name; add a role when the framework or the field has one. */
const ROLES =
  'adapter config controller decorator dto entity errors filter gateway guard interceptor limits methods module ' +
  'pipe port prompt provider section service statements store tool types fixture global-setup reporter';
const NAME = new RegExp(`^[a-z0-9]+(-[a-z0-9]+)*(\\.(${ROLES.replaceAll(' ', '|')}))?(\\.spec)?\\.ts$`);
const MIGRATION_NAME = /^(\d{13}-[a-z0-9]+(-[a-z0-9]+)*|index)(\.spec)?\.ts$/;

/** With character classes, because this file is searched too. */
const UNFINISHED = /TO[D]O|FIX[M]E|@ts-(ignore|nocheck)|\bas [a]ny\b/;
const VAGUE_FOLDERS = /(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.ts$)/;

const SQL_TEXT =
  /\b(SELECT\s[^;'"`]*\sFROM|INSERT\s+INTO|UPDATE\s+[a-z_"]+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\b/;
const SQL_CALL = /\.(createQueryBuilder|getRepository|queryRunner)\b/;

const program = sourceFiles('src', 'libs', 'migrations');
const shipped = program.filter(({ isTest }) => !isTest);
const everything = [...program, ...sourceFiles('test', 'bench', 'chaos', 'scripts')];

describe('sizes of files', () => {
  const sizes = shipped.map(({ lines }) => lines).toSorted((a, b) => a - b);
  const percentile = (share: number): number => sizes[Math.ceil(sizes.length * share) - 1] ?? 0;

  it(`have a median of at most ${MEDIAN_MAX_LINES} lines`, () => {
    expect(percentile(0.5)).toBeLessThanOrEqual(MEDIAN_MAX_LINES);
  });

  it(`have a p90 of at most ${P90_MAX_LINES} lines`, () => {
    expect(percentile(0.9)).toBeLessThanOrEqual(P90_MAX_LINES);
  });

  it(`never exceed ${MAX_LINES} lines`, () => {
    expect(offenders(everything, ({ lines }) => lines > MAX_LINES)).toEqual([]);
  });
});

describe('names of files', () => {
  it('are kebab-case with a known role', () => {
    const files = everything.filter(({ path }) => !path.startsWith('migrations/'));
    expect(offenders(files, ({ name }) => !NAME.test(name))).toEqual([]);
  });

  it('of migrations begin with their time', () => {
    const files = everything.filter(({ path }) => path.startsWith('migrations/'));
    expect(offenders(files, ({ name }) => !MIGRATION_NAME.test(name))).toEqual([]);
  });

  it('say what is inside: no utils, helpers, common', () => {
    expect(offenders(everything, ({ path }) => VAGUE_FOLDERS.test(path))).toEqual([]);
  });
});

describe('contents of files', () => {
  it('are finished: no reminders, no silenced compiler', () => {
    expect(offenders(everything, ({ text }) => UNFINISHED.test(text))).toEqual([]);
  });

  it('speak SQL in src/store only', () => {
    const others = shipped.filter(({ path }) => !/^(src\/store|migrations)\//.test(path));
    expect(offenders(others, ({ text }) => SQL_TEXT.test(text) || SQL_CALL.test(text))).toEqual([]);
  });

  it('leave the schema to migrations, and write by statements, never by an ORM’s save', () => {
    const store = shipped.filter(({ path }) => /^(src\/store|migrations)\//.test(path));
    const shortcut = /\bsynchronize\b(?!: false)|\.(save|upsert|softRemove)\(/;
    expect(store.length).toBeGreaterThan(0);
    expect(offenders(store, ({ text }) => shortcut.test(text))).toEqual([]);
  });

  it('read the environment in src/config and at the entry only', () => {
    const others = shipped.filter(({ path }) => !/^src\/(config|cli)\/|^src\/main\.ts$/.test(path));
    expect(offenders(others, ({ text }) => /\bprocess\.env\b/.test(text))).toEqual([]);
  });
});

function offenders(files: SourceFile[], breaks: (file: SourceFile) => boolean): string[] {
  return files.filter(breaks).map(({ path, lines }) => `${path} (${lines} lines)`);
}
