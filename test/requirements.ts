import { DECISIONS } from './requirements/decisions.js';
import { MAIN_JOB_GROUND } from './requirements/main-job-ground.js';
import { MAIN_JOB_RUNS } from './requirements/main-job-runs.js';
import { MANAGED_AGENTS } from './requirements/managed-agents.js';
import { MANAGED_DOCUMENTS } from './requirements/managed-documents.js';
import { MANAGED_IDENTITY } from './requirements/managed-identity.js';
import { MANAGED_RECORDS } from './requirements/managed-records.js';
import { MANAGED_SECRETS } from './requirements/managed-secrets.js';
import { MANAGED_WALLS } from './requirements/managed-walls.js';
import { RECOVERY_CHAOS } from './requirements/recovery-chaos.js';
import { RECOVERY_CHANNELS } from './requirements/recovery-channels.js';
import { RECOVERY_OPERATIONS } from './requirements/recovery-operations.js';
import { RECOVERY_REPLICATION } from './requirements/recovery-replication.js';
import { RECOVERY_RESUME } from './requirements/recovery-resume.js';
import { RECOVERY_SCHEDULING } from './requirements/recovery-scheduling.js';
import { TOOLS_APPROVALS } from './requirements/tools-approvals.js';
import { TOOLS_EXEC } from './requirements/tools-exec.js';
import { TOOLS_MCP } from './requirements/tools-mcp.js';
import { TOOLS_POLICY } from './requirements/tools-policy.js';
import { TOOLS_SANDBOX } from './requirements/tools-sandbox.js';
import { TOOLS_WHOLE } from './requirements/tools-whole.js';
import { TOOLS_WEB } from './requirements/tools-web.js';
import { TOOLS_BROWSER } from './requirements/tools-browser.js';
import type { Requirements } from './requirements/requirement.js';

export { landed, type Requirement } from './requirements/requirement.js';

/**
 * What the project promises, and the tests that would fail if a promise broke. An entry is `planned` until a test
 * holds it; `landed` names its tests as `file › title of the test`. A landed entry without its tests fails the
 * build (`npm run requirements`). `PROMISE-n` and `Dn` are the promises and decisions of the specification, `R2-…`
 * what the first release does on top of them, or of them, `R5-…` recovery and replicas,
 * `R3-…` managed mode.
 */
export const REQUIREMENTS: Requirements = {
  ...DECISIONS,
  ...MAIN_JOB_RUNS,
  ...MAIN_JOB_GROUND,
  ...MANAGED_AGENTS,
  ...MANAGED_DOCUMENTS,
  ...MANAGED_IDENTITY,
  ...MANAGED_RECORDS,
  ...MANAGED_SECRETS,
  ...MANAGED_WALLS,
  ...RECOVERY_CHANNELS,
  ...RECOVERY_CHAOS,
  ...RECOVERY_OPERATIONS,
  ...RECOVERY_REPLICATION,
  ...RECOVERY_RESUME,
  ...RECOVERY_SCHEDULING,
  ...TOOLS_BROWSER,
  ...TOOLS_APPROVALS,
  ...TOOLS_EXEC,
  ...TOOLS_MCP,
  ...TOOLS_POLICY,
  ...TOOLS_SANDBOX,
  ...TOOLS_WEB,
  ...TOOLS_WHOLE,
};
