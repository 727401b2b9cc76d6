import { readFile } from 'node:fs/promises';
import {
  type ConfigSource,
  type Document,
  joinPath,
  leavesOf,
  loadConfig,
  mergePatch,
  parseConfigText,
  propertyAt,
  shapeOf,
  splitPath,
} from '#config';
import type { Caller } from '#contracts';
import type { Changes } from '#permissions';
import { auditedChange } from './audited-change.js';
import { stageFile } from './config-file.js';
import { type ConfigEdit, type EditPlan, planEdit } from './config-edit.js';
import { ConfigStore, type WrittenEdit } from './config-store.js';
import { LiveConfigError } from './live-config.errors.js';
import { requireSecretsAgain } from './moved-secrets.js';
import { requireUsableAlone, usableConfig } from './usable-config.js';

const INDENT = 2;

/** Standalone mode: changes are written into the file. Secrets never are. */
export class FileConfigStore extends ConfigStore {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly changes: Changes) {
    super();
  }

  override write(caller: Caller, source: ConfigSource, edit: ConfigEdit): Promise<WrittenEdit> {
    const turn = this.last.then(() => this.writeNow(caller, source, edit));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** The entry of the audit log comes first: a crash between the two leaves no change that nobody can account for. */
  private async writeNow(caller: Caller, source: ConfigSource, edit: ConfigEdit): Promise<WrittenEdit> {
    const text = await readFile(source.path, 'utf8').catch(missing);
    const written = parseConfigText(text ?? '', source.path);
    const current = usableConfig(source, {}, written);
    const plan = planEdit(edit, current, source, written);
    requireNoSecrets(plan, source, written);
    const document = mergePatch(written, plan.patch);
    const next = loadConfig(source, {}, document);
    requireUsableAlone(plan.shadowed, source, {}, document);
    requireSecretsAgain(current, next, plan);
    const staged = await stageFile(source.path, `${JSON.stringify(document, undefined, INDENT)}\n`, text);
    try {
      const change = auditedChange(current, next, plan);
      await this.changes.commit(caller, () => Promise.resolve({ ...change, result: undefined }));
      await staged.place();
    } finally {
      await staged.discard();
    }
    return { plan, next, difference: current.differenceTo(next) };
  }
}

/** @throws LiveConfigError `secret-refused` for a new one; `secret-in-file` for one that would be written again. */
function requireNoSecrets({ newSecrets, patch }: EditPlan, source: ConfigSource, written: Document): void {
  const shape = shapeOf(source.sections);
  const [path] = newSecrets.keys();
  if (path !== undefined) {
    throw new LiveConfigError(
      'secret-refused',
      `${path} is a secret, and secrets are not written into the configuration file. ${remedyFor(source, path)}, then start the gateway again.`,
      { details: { path } },
    );
  }
  const left = [...leavesOf(shape, mergePatch(written, patch))].find(
    ({ property, value }) => property?.meta.secret && typeof value === 'string' && value !== '',
  );
  if (!left) return;
  const place = joinPath(left.keys);
  throw new LiveConfigError(
    'secret-in-file',
    `The configuration file holds a secret (${place}), which the gateway would have to write again. ${remedyFor(source, place)} and remove it from the file first.`,
    { details: { path: place } },
  );
}

function remedyFor({ sections }: ConfigSource, path: string): string {
  const keys = splitPath(path);
  const [section, name] = keys;
  const own = propertyAt(shapeOf(sections), keys)?.meta.env;
  const variable =
    own ?? (section === 'providers' && name ? `GOCLAW_${name.toUpperCase()}_API_KEY` : undefined);
  return `Set ${variable ?? 'it'} in .env.local beside the configuration file, or in the environment`;
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
