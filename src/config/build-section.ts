import { validateSync } from 'class-validator';
import {
  type ConfigClass,
  declaredType,
  type Environment,
  propertiesOf,
  type PropertyMetadata,
} from './config-metadata.js';
import type { ConfigIssue } from './config.errors.js';

const MASK = '***';

/** Where findings go while a section is built. */
export interface BuildReport {
  readonly issues: ConfigIssue[];
  readonly warnings: string[];
  /** Paths of secrets that came from the environment or the database: they are not written down in the file. */
  readonly notInFile?: ReadonlySet<string>;
}

/** Makes an instance of `type` from raw values and the environment; what does not fit is reported, not thrown. */
export function buildObject(
  type: ConfigClass,
  raw: unknown,
  path: string,
  env: Environment,
  report: BuildReport,
): object {
  const instance = new type();
  const source = asObject(raw, path, report);
  for (const [key, meta] of propertiesOf(type)) {
    const at = `${path}.${key}`;
    const value = buildValue(wantedKind(type, instance, key), meta, source[key], at, env, report);
    if (value !== undefined) Reflect.set(instance, key, value);
  }
  validate(type, instance, path, report);
  return instance;
}

/** Makes a map of instances; reports entries that are no objects. */
export function buildMap(
  type: ConfigClass,
  raw: unknown,
  path: string,
  env: Environment,
  report: BuildReport,
): Record<string, object> {
  const entries = Object.entries(asObject(raw, path, report));
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const at = `${path}.${name}`;
      reportUnknownKeys([type], value, at, report);
      return [name, buildObject(type, value, at, env, report)];
    }),
  );
}

/** Reports keys that none of the classes knows, with the nearest one that they do. */
export function reportUnknownKeys(
  types: readonly ConfigClass[],
  raw: unknown,
  path: string,
  report: BuildReport,
): void {
  if (!isRecord(raw)) return;
  const known = new Set(types.flatMap((type) => [...propertiesOf(type).keys()]));
  for (const key of Object.keys(raw)) {
    if (known.has(key)) continue;
    const near = nearest(key, known);
    const hint = near ? `did you mean "${near}"?` : `known keys: ${[...known].toSorted().join(', ')}`;
    report.issues.push({ path: `${path}.${key}`, message: `unknown key; ${hint}` });
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function buildValue(
  kind: ValueKind,
  meta: PropertyMetadata,
  raw: unknown,
  path: string,
  env: Environment,
  report: BuildReport,
): unknown {
  if (meta.nested) {
    reportUnknownKeys([meta.nested()], raw, path, report);
    return buildObject(meta.nested(), raw, path, env, report);
  }
  if (meta.mapOf) return buildMap(meta.mapOf(), raw, path, env, report);
  if (meta.secretMap) warnOfSecrets(raw, path, report);
  if (meta.envOnly && raw !== undefined) {
    report.issues.push({
      path,
      message: `is read from the environment variable ${meta.env} only; remove it here`,
    });
  }
  const fromEnv = meta.env ? env[meta.env] : undefined;
  if (fromEnv !== undefined && fromEnv !== '') return parseEnv(fromEnv, kind);
  if (meta.secret && typeof raw === 'string' && raw !== '' && !report.notInFile?.has(path)) {
    const remedy = meta.env ? `set ${meta.env}` : 'set it in the environment';
    report.warnings.push(
      `${path} is a secret in the configuration file; ${remedy} and remove it from the file.`,
    );
  }
  return meta.envOnly || raw === null ? undefined : raw;
}

function warnOfSecrets(raw: unknown, path: string, report: BuildReport): void {
  if (!isRecord(raw)) return;
  const written = Object.entries(raw)
    .filter(([name, value]) => !isReference(value) && !report.notInFile?.has(`${path}.${name}`))
    .map(([name]) => name);
  if (written.length > 0)
    report.warnings.push(
      `${path} has secrets in the configuration file (${written.join(', ')}); set a variable in the environment and name it here.`,
    );
}

/** Names a variable of the environment instead of holding a secret. */
function isReference(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.includes('${'));
}

type ValueKind = 'text' | 'number' | 'boolean' | 'list';

/** What a variable's text is to become: told by the default value, else by the declared type. */
function wantedKind(type: ConfigClass, defaults: object, key: string): ValueKind {
  const value: unknown = Reflect.get(defaults, key);
  const declared = value === undefined ? declaredType(type, key) : undefined;
  if (typeof value === 'number' || declared === Number) return 'number';
  if (typeof value === 'boolean' || declared === Boolean) return 'boolean';
  return Array.isArray(value) || declared === Array ? 'list' : 'text';
}

/** Text that does not fit is kept as it is, for validation to refuse with its value. */
function parseEnv(text: string, kind: ValueKind): unknown {
  if (kind === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'boolean')
    return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
  if (kind === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  return text;
}

function validate(type: ConfigClass, instance: object, path: string, report: BuildReport): void {
  const properties = propertiesOf(type);
  for (const error of validateSync(instance, { forbidUnknownValues: false })) {
    const meta = properties.get(error.property);
    const shown = meta?.secret ? MASK : JSON.stringify(error.value);
    const messages = Object.values(error.constraints ?? {}).map((text) =>
      text.replace(`${error.property} `, ''),
    );
    const origin = meta?.env ? ` (also settable as ${meta.env})` : '';
    report.issues.push({
      path: `${path}.${error.property}`,
      message: `${messages.join('; ')}; got ${shown ?? 'nothing'}${origin}`,
    });
  }
}

function asObject(raw: unknown, path: string, report: BuildReport): Record<string, unknown> {
  if (raw === undefined || raw === null) return {};
  if (isRecord(raw)) return raw;
  // Not the value itself: it may hold secrets at the wrong place.
  report.issues.push({
    path,
    message: `must be an object; got ${Array.isArray(raw) ? 'an array' : `a ${typeof raw}`}`,
  });
  return {};
}

function nearest(key: string, known: ReadonlySet<string>): string | undefined {
  const fold = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = fold(key);
  return [...known].find(
    (candidate) => editDistance(fold(candidate), wanted) <= Math.max(1, wanted.length / 4),
  );
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution, swap));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
