import { CacheInvalidated } from '#bus';
import {
  composePatches,
  type ConfigSource,
  type Document,
  loadConfig,
  mergePatch,
  readConfigFile,
  shapeOf,
} from '#config';
import type { Caller } from '#contracts';
import type { SecretBox } from '#crypto';
import type { Changes } from '#permissions';
import type { ConfigOverrideStore, ConfigSecretStore, Queryable } from '#store';
import { auditedChange } from './audited-change.js';
import { type ConfigEdit, type EditPlan, planEdit } from './config-edit.js';
import type { DatabaseLayers } from './database-layers.js';
import { ConfigStore, type WrittenEdit } from './config-store.js';
import { LiveConfigError } from './live-config.errors.js';
import { requireSecretsAgain } from './moved-secrets.js';
import { requireUsableAlone, usableConfig } from './usable-config.js';

/** As long as the column of it. */
const SECRET_PATH_MAX_CHARS = 200;

/** Managed mode: changes lie over the file of every replica, in the database; secrets are sealed beside them. */
export class DatabaseConfigStore extends ConfigStore {
  constructor(
    private readonly changes: Changes,
    private readonly overrides: ConfigOverrideStore,
    private readonly secrets: ConfigSecretStore,
    private readonly layers: DatabaseLayers,
    private readonly box: SecretBox,
  ) {
    super();
  }

  override write(caller: Caller, source: ConfigSource, edit: ConfigEdit): Promise<WrittenEdit> {
    return this.changes.commit(caller, async (tx) => {
      // Held until the commit: of two admins, the second one sees what the first one did.
      const before = await this.overrides.locked(tx);
      const known = this.layers.open(await this.secrets.all(tx));
      const file = readConfigFile(source.path);
      const current = usableConfig(source, { patch: before, secrets: known }, file);
      const plan = planEdit(edit, current, source, mergePatch(file, before), known.keys());
      requireKeepable(plan, source);
      const patch = composePatches(file, before, plan.patch);
      const overlay = { patch, secrets: changed(known, plan) };
      const next = loadConfig(source, overlay, file);
      requireUsableAlone(plan.shadowed, source, overlay, file);
      requireSecretsAgain(current, next, plan);
      await this.keep(tx, patch, plan);
      const events = [new CacheInvalidated('config')];
      return {
        ...auditedChange(current, next, plan),
        events,
        result: { plan, next, difference: current.differenceTo(next) },
      };
    });
  }

  private async keep(tx: Queryable, patch: Document, { newSecrets, oldSecrets }: EditPlan): Promise<void> {
    await this.overrides.write(tx, patch);
    for (const path of oldSecrets) await this.secrets.remove(path, tx);
    for (const [path, value] of newSecrets) await this.secrets.put(path, this.box.seal(value), tx);
  }
}

function changed(secrets: ReadonlyMap<string, string>, plan: EditPlan): ReadonlyMap<string, string> {
  const kept = [...secrets].filter(([path]) => !plan.oldSecrets.includes(path));
  return new Map([...kept, ...plan.newSecrets]);
}

/** @throws LiveConfigError `before-database`, `not-a-document` */
function requireKeepable({ patch, newSecrets }: EditPlan, { sections }: ConfigSource): void {
  const { properties } = shapeOf(sections);
  const early = Object.keys(patch).find((section) => properties.get(section)?.beforeDatabase);
  if (early !== undefined) {
    throw new LiveConfigError(
      'before-database',
      `${early} is needed before the database is open: set it in the configuration file or the environment of each gateway.`,
      { details: { path: early } },
    );
  }
  const long = [...newSecrets.keys()].find((path) => path.length > SECRET_PATH_MAX_CHARS);
  if (long === undefined) return;
  throw new LiveConfigError('not-a-document', `${long.slice(0, 50)}… is too long a name for a secret.`);
}
