import type { ConfigService } from '#config';
import type { EditPlan } from './config-edit.js';
import { LiveConfigError } from './live-config.errors.js';

/** Who can change the configuration could have every secret sent to himself. @throws LiveConfigError `secret-needed` */
export function requireSecretsAgain(
  current: ConfigService,
  next: ConfigService,
  { newSecrets }: EditPlan,
): void {
  const [path] = current.secretsMovedBy(next, newSecrets);
  if (path === undefined) return;
  throw new LiveConfigError(
    'secret-needed',
    `${path} is required again when it goes to another host: a secret that is kept is sent to nobody else. Send the secret itself with the change, or make the change in the configuration file.`,
    { details: { path } },
  );
}
