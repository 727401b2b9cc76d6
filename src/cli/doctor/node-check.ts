import type { Finding } from './finding.js';

const OLDEST_MAJOR = 22;
const RECOMMENDED_MAJOR = 24;

export function checkNode(version: string): Finding {
  const major = Number.parseInt(version, 10);
  const remedy = `Install Node ${RECOMMENDED_MAJOR}: https://nodejs.org`;
  if (major >= RECOMMENDED_MAJOR) return { check: 'node', level: 'ok', message: version };
  return major >= OLDEST_MAJOR
    ? { check: 'node', level: 'warning', message: `${version} works, but is not what is tested`, remedy }
    : { check: 'node', level: 'problem', message: `${version} is too old`, remedy };
}
