import { buildObject, reportUnknownKeys } from './build-section.js';
import type { ConfigClass } from './config-metadata.js';
import type { ConfigIssue } from './config.errors.js';

/**
 * What does not fit in settings that are kept elsewhere than in the file, by the rules of the class for it. Only what
 * is given is needed: the rest has its defaults.
 */
export function settingIssues(type: ConfigClass, raw: unknown, path: string): readonly ConfigIssue[] {
  const report = { issues: [], warnings: [] };
  reportUnknownKeys([type], raw, path, report);
  buildObject(type, raw, path, {}, report);
  return report.issues;
}
