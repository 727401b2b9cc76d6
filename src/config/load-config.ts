import { readFileSync } from 'node:fs';
import JSON5 from 'json5';
import { buildMap, buildObject, type BuildReport, isRecord, reportUnknownKeys } from './build-section.js';
import { type ConfigClass, type Environment, sectionOf } from './config-metadata.js';
import { ConfigError } from './config.errors.js';
import { ConfigService } from './config.service.js';
import { withoutReservedKeys } from './reserved-keys.js';

export interface ConfigSource {
  /** The configuration file. A missing one means defaults. */
  readonly path: string;
  readonly env: Environment;
  /** Every section class of the program. */
  readonly sections: readonly ConfigClass[];
}

/**
 * Built-in defaults ← file (JSON5) ← environment, validated.
 * @throws ConfigError with every issue: unreadable file, syntax, unknown key, wrong value.
 */
export function loadConfig(source: ConfigSource): ConfigService {
  const { config: raw, removed } = withoutReservedKeys(readFile(source.path));
  const report: BuildReport = {
    issues: [],
    warnings: removed.map((path) => `${path} is not supported by this version yet and was ignored.`),
  };
  const byKey = Map.groupBy(source.sections, (type) => sectionOf(type).key);
  for (const key of Object.keys(raw)) {
    if (byKey.has(key)) continue;
    report.issues.push({
      path: key,
      message: `unknown section; known: ${[...byKey.keys()].toSorted().join(', ')}`,
    });
  }
  const sections = new Map<ConfigClass, object>();
  for (const [key, types] of byKey) {
    if (types.every((type) => !sectionOf(type).mapOf)) reportUnknownKeys(types, raw[key], key, report);
    for (const type of types) sections.set(type, buildSection(type, raw[key], source.env, report));
  }
  if (report.issues.length > 0) throw new ConfigError(source.path, report.issues);
  return new ConfigService(source.path, sections, report.warnings);
}

function buildSection(type: ConfigClass, raw: unknown, env: Environment, report: BuildReport): object {
  const { key, mapOf, fromEnv } = sectionOf(type);
  if (!mapOf) return buildObject(type, raw, key, env, report);
  const merged: Record<string, unknown> = { ...(isRecord(raw) ? raw : {}) };
  const fromEnvironment = new Set<string>();
  for (const [name, values] of Object.entries(fromEnv?.(env) ?? {})) {
    const existing = merged[name];
    const inFile = isRecord(existing) ? existing : {};
    merged[name] = { ...inFile, ...values };
    for (const property of Object.keys(values))
      if (!Object.hasOwn(inFile, property)) fromEnvironment.add(`${key}.${name}.${property}`);
  }
  const source = isRecord(raw) || raw === undefined ? merged : raw;
  const entries = buildMap(mapOf(), source, key, env, { ...report, fromEnvironment });
  return Object.assign(new type(), { entries });
}

function readFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(
      path,
      [{ path: '', message: `cannot be read: ${(error as Error).message}` }],
      error,
    );
  }
  return parseConfigText(text, path);
}

/** Parses JSON5. @throws ConfigError that names line and column. */
export function parseConfigText(text: string, source: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = text.trim() === '' ? {} : JSON5.parse(text);
  } catch (error) {
    throw new ConfigError(
      source,
      [{ path: '', message: `is not valid JSON5: ${(error as Error).message}` }],
      error,
    );
  }
  if (isRecord(parsed)) return parsed;
  throw new ConfigError(source, [{ path: '', message: 'must be one JSON5 object: { … }' }]);
}
