import { NODE_OLDEST_MAJOR, NODE_TESTED_MAJOR } from '#kernel';
import type { Finding } from './finding.js';

export function checkNode(version: string): Finding {
  const major = Number.parseInt(version, 10);
  const remedy = `Install Node ${NODE_TESTED_MAJOR}: https://nodejs.org`;
  if (major >= NODE_TESTED_MAJOR) return { check: 'node', level: 'ok', message: version };
  return major >= NODE_OLDEST_MAJOR
    ? { check: 'node', level: 'warning', message: `${version} works, but is not what is tested`, remedy }
    : { check: 'node', level: 'problem', message: `${version} is too old`, remedy };
}
