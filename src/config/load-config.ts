import { readFileSync } from 'node:fs';
import JSON5 from 'json5';
import { buildMap, buildObject, type BuildReport, isRecord, reportUnknownKeys } from './build-section.js';
import { type ConfigClass, type Environment, sectionOf } from './config-metadata.js';
import type { ConfigSource } from './config-source.js';
import { splitPath } from './config-path.js';
import { propertyAt, shapeOf } from './config-shape.js';
import { ConfigError } from './config.errors.js';
import { ConfigService } from './config.service.js';
import { type Document, isTooDeep, mergePatch, withValueAt } from './documents.js';
import { withoutReservedKeys } from './reserved-keys.js';

/** What the database has of the configuration. */
export interface ConfigOverlay {
  /** Changes over the file, as a merge patch. */
  readonly patch?: Document;
  /** By dotted path. Those of unknown places are left out: other programs keep theirs there too. */
  readonly secrets?: ReadonlyMap<string, string>;
}

/**
 * Built-in defaults ← file (JSON5) ← database ← environment, validated.
 * @param written what is in the file, when it is not (yet)
 * @throws ConfigError with every issue: unreadable file, syntax, unknown key, wrong value.
 */
export function loadConfig(
  source: ConfigSource,
  { patch = {}, secrets = new Map() }: ConfigOverlay = {},
  written: Document = readConfigFile(source.path),
): ConfigService {
  const { config, removed } = withoutReservedKeys(mergePatch(written, patch));
  const known = [...secrets].filter(([path]) => isSecretOf(source.sections, path));
  const raw = known.reduce<Document>(
    (all, [path, value]) => withValueAt(all, splitPath(path), value),
    config,
  );
  const report: BuildReport = {
    issues: [],
    warnings: removed.map((path) => `${path} is not supported by this version yet and was ignored.`),
    notInFile: new Set([...secrets.keys()].map((path) => splitPath(path).join('.'))),
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
  return new ConfigService(source.path, sections, report.warnings, source);
}

function isSecretOf(sections: readonly ConfigClass[], path: string): boolean {
  const property = propertyAt(shapeOf(sections), splitPath(path));
  return property?.meta.secret === true && !property.meta.envOnly;
}

function buildSection(type: ConfigClass, raw: unknown, env: Environment, report: BuildReport): object {
  const { key, mapOf, fromEnv } = sectionOf(type);
  if (!mapOf) return buildObject(type, raw, key, env, report);
  const merged: Record<string, unknown> = { ...(isRecord(raw) ? raw : {}) };
  const notInFile = new Set(report.notInFile);
  for (const [name, values] of Object.entries(fromEnv?.(env) ?? {})) {
    const existing = merged[name];
    const inFile = isRecord(existing) ? existing : {};
    merged[name] = { ...inFile, ...values };
    for (const property of Object.keys(values))
      if (!Object.hasOwn(inFile, property)) notInFile.add(`${key}.${name}.${property}`);
  }
  const source = isRecord(raw) || raw === undefined ? merged : raw;
  const entries = buildMap(mapOf(), source, key, env, { ...report, notInFile });
  return Object.assign(new type(), { entries });
}

/** The content of a configuration file; a missing one is empty. @throws ConfigError */
export function readConfigFile(path: string): Document {
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
export function parseConfigText(text: string, source: string): Document {
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
  if (isTooDeep(parsed)) throw new ConfigError(source, [{ path: '', message: 'is nested too deeply' }]);
  if (isRecord(parsed)) return parsed;
  throw new ConfigError(source, [{ path: '', message: 'must be one JSON5 object: { … }' }]);
}
