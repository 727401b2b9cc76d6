import { landed, type Requirements } from './requirement.js';

/** Managed mode: the audit log, row security, people, usage, and everything of a user. */
export const MANAGED_WALLS: Requirements = {
  'R3-audit-query': landed(
    'the audit log with query and export (NDJSON)',
    'test/e2e/audit.spec.ts › filters, pages from the newest on, and refuses what is no filter of its own',
    'test/e2e/audit.spec.ts › is exported whole, one entry a line, and the export is told of',
    'test/e2e/audit.spec.ts › is for admins alone',
    'test/integration/audit.spec.ts › pages from the newest to the oldest, and exports everything that fits from the oldest on',
  ),
  'R3-audit-chain': landed(
    'a hash chain that goclaw audit verify checks, retention',
    'test/e2e/audit.spec.ts › is verified over REST and on the command line, beside a gateway that goes on',
    'test/e2e/audit.spec.ts › shows what somebody changed beside the gateway',
    'test/integration/audit.spec.ts › shows %s',
    'test/integration/audit.spec.ts › refuses %s',
    'test/integration/audit.spec.ts › keeps one chain while many append at once',
    'test/integration/audit.spec.ts › still verifies when old entries have left, and goes on',
  ),
  'R3-audit-flood': landed(
    'nobody floods the audit log by being refused',
    'test/integration/audit.spec.ts › has denied access, once for many tries of the same, with their number',
    'test/integration/audit.spec.ts › counts what is too much to be written',
  ),
  'R3-row-security': landed(
    'row-level security on real PostgreSQL as the second wall behind the stores, proved by a test that bypasses their filter',
    'test/integration/row-security.spec.ts › shows a caller his own rows alone, whatever the statement forgets to ask',
    'test/integration/row-security.spec.ts › lets a caller change and remove nothing of others',
    'test/integration/row-security.spec.ts › refuses a row for somebody else',
    'test/integration/row-security.spec.ts › shows nothing where nobody says on whose behalf',
    'test/integration/row-security.spec.ts › has a policy for every table with a user, and for every table that hangs on one',
    'test/integration/row-security.spec.ts › holds for the owner of the tables too',
    'test/integration/row-security.spec.ts › ends with the statement: the connection does the work of the gateway again',
  ),
  'R3-sessions-rest': landed(
    'sessions over REST: own, or an admin’s all; keyset pages, filters, sorts, total',
    'test/e2e/sessions-admin.spec.ts › everybody sees their own, an admin those of all',
    'test/e2e/sessions-admin.spec.ts › a page follows another, in the order that is asked for, with the number of all',
    'test/e2e/sessions-admin.spec.ts › messages are read in both directions',
    'test/e2e/sessions-admin.spec.ts › what is another user’s, or no id, is not there, whatever is tried',
    'test/e2e/sessions-admin.spec.ts › they get a label and a model, begin anew, and go',
    'test/e2e/sessions-admin.spec.ts › an admin deletes one on its owner’s behalf, which stops what goes on in it and is told of',
  ),
  'R3-people': landed(
    'users (profiles seen, first and last), tenants (derived)',
    'test/e2e/sessions-admin.spec.ts › users are those that talked to an agent, with what they used',
    'test/e2e/sessions-admin.spec.ts › tenants are made of their ids',
    'test/e2e/sessions-admin.spec.ts › nobody but an admin is told %s',
  ),
  'R3-usage': landed(
    'usage over REST, added up by the database',
    'test/e2e/sessions-admin.spec.ts › everybody sees their own records and sums, an admin those of all',
    'test/e2e/sessions-admin.spec.ts › sums by %s are made by the database',
    'test/e2e/sessions-admin.spec.ts › sums are of the time that is asked for',
  ),
  'R3-traces-rest': landed(
    'traces by keyset and by offset, with duration_ms and total_cost',
    'test/e2e/sessions-admin.spec.ts › traces are paged by keyset and by offset, an admin’s those of all',
  ),
  'R3-erasure': landed(
    'export and erasure of a user, everywhere, with what was under way, on the command line and over REST',
    'test/e2e/users-erase.spec.ts › is exported: conversations, runs, traces, files, and no secret',
    'test/e2e/users-erase.spec.ts › is erased everywhere; what is left is that it was done',
    'test/e2e/users-erase.spec.ts › is erased twice without harm, and may be begun anew',
    'test/e2e/users-erase.spec.ts › is erased while a run of his goes: that is stopped first, his sockets are closed, and nothing comes after',
    'test/e2e/users-erase.spec.ts › is not erased while he owns what others use, unless it is said what becomes of it',
    'test/e2e/users-erase.spec.ts › is not erased of %s, who is no user',
    'test/e2e/users-erase.spec.ts › is not erased without being asked for',
    'test/e2e/users-erase.spec.ts › is known: every table with a user is exported and erased, every name of who did something is taken out',
  ),
};
