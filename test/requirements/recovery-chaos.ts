import { landed, type Requirements } from './requirement.js';

/** `npm run chaos`: that it would see a loss, and what it has found. The scenarios themselves run in CI, after the tests. */
export const RECOVERY_CHAOS: Requirements = {
  'R5-chaos-books': landed(
    'chaos knows a message that is lost, wrong, doubled or out of order, for clients, transcripts and files',
    'chaos/harness/ledger.spec.ts › are in order when every message has its own answer, whole, once',
    'chaos/harness/ledger.spec.ts › miss a message that never ended, whether it was accepted or not',
    'chaos/harness/ledger.spec.ts › miss what an answer lacks, in its end as in its stream',
    'chaos/harness/ledger.spec.ts › know a message that ended twice, be it by an answer and an error',
    'chaos/harness/ledger.spec.ts › take an error as an end where it may be one, and as a loss where not',
    'chaos/harness/transcripts.spec.ts › is known to lack a message, or its answer, or a part of it',
    'chaos/harness/transcripts.spec.ts › is known to have a message or an answer twice',
    'chaos/harness/transcripts.spec.ts › is known to have messages in another order, or calls without results',
    'chaos/harness/traces.spec.ts › shows an edit that was made twice',
    'chaos/harness/traces.spec.ts › shows one that was not made, unless the model was told that it may not have been',
  ),
  'R5-chaos-seeded': landed(
    'what chaos draws at random is the same for the same seed',
    'chaos/harness/random.spec.ts › is the same for the same seed, and another for another',
    'chaos/harness/random.spec.ts › of a part does not depend on what other parts have drawn',
  ),
  'R5-log-end': landed(
    'a run whose gateway was killed at its very end is read to the end, wherever it is read',
    'src/agent/runs/run-watch.spec.ts › tells the whole end also when the events of it went down with their process',
    'src/agent/runs/run-watch.spec.ts › tells the end that another replica is still writing, and no other',
    'src/agent/runs/log-ending.spec.ts › goes on where the log breaks off, with what the run has said and how it ended',
    'src/agent/runs/log-ending.spec.ts › declares void what the run did not say in the end',
    'libs/client/log-reader.spec.ts › takes nothing behind the end of the log',
  ),
  'R5-repeat-of-refused': landed(
    'a message that was refused while its commit was in doubt, and is sent again at once, is accepted anew',
    'test/integration/lost-acknowledgement.spec.ts › accepts a repeat anew that comes while the refused run is still being withdrawn',
  ),
  'R5-lost-race': landed(
    'a statement that loses against another one is repeated, so that no run fails by a deadlock',
    'test/integration/database.spec.ts › repeats a statement that lost against another one, and gives up when it always does',
  ),
  'R5-client-shutdown': landed(
    'a message that a stopping gateway did not take is sent again by the client library',
    'libs/client/chat-run.spec.ts › is sent again, under its key, when it was refused by a gateway that has said that it stops',
  ),
};
