import { landed, type Requirements } from './requirement.js';

const STORY = 'test/integration/approvals.spec.ts';
const REPLICAS = 'test/integration/approvals-replicas.spec.ts';
const WIRE = 'test/e2e/approvals.spec.ts';
const RULES = 'src/tools/approvals/command-rules.spec.ts';
const CHAT = 'src/cli/chat/approval-prompt.spec.ts';

/** Tools: commands that people approve. */
export const TOOLS_APPROVALS: Requirements = {
  'R4-approvals-rows': landed(
    'approvals are rows with a TTL: they survive restarts, are decided once, and are good for one start',
    `${STORY} › waits as a row, starts when somebody approves it, and the approval is good for one start`,
    `${STORY} › is decided once, however many decide at the same time`,
    `${STORY} › is asked for anew when the model gives another command the same id`,
    `${STORY} › is refused when it is too long for anybody to read, and when too many wait`,
  ),
  'R4-approvals-events': landed(
    'exec.approval.requested and resolved go to the user of the run and to admins that hear all, with the scope',
    `${WIRE} › tell of a command, take the decision, and tell of that`,
    `${WIRE} › are told to the user of the run and to admins that hear all, and to nobody else`,
  ),
  'R4-approvals-allow-once': landed(
    'allow-once: over the socket, over REST, in goclaw chat',
    `${WIRE} › tell of a command, take the decision, and tell of that`,
    `${WIRE} › are given and refused over REST, listed by page, and told of in the audit log`,
    `${WIRE} › are shown by goclaw chat`,
    `${CHAT} › is answered by %s`,
    `${CHAT} › is shown with whatever a terminal would hide or obey`,
    `${CHAT} › is answered before the next one is shown`,
  ),
  'R4-approvals-allow-always': landed(
    'allow-always is bound to the parsed command, is listed and taken back',
    `${STORY} › starts without asking from then on, also after a restart, until that is revoked`,
    `${STORY} › is asked for again with %s`,
    `${STORY} › is asked for again in the runs of somebody else`,
    `${STORY} › does not let its parts start in another order`,
    `${STORY} › is refused for what cannot be looked through, which can be approved once`,
    `${STORY} › is still asked for where every command is`,
    `${RULES} › is one plain command in its canonical form`,
    `${RULES} › is the whole text of %s`,
    `${WIRE} › are not asked for again once allowed for good, until that is revoked`,
  ),
  'R4-approvals-deny': landed(
    'deny: the command is not started, and the run goes on',
    `${STORY} › is not started when somebody denies it, and the run goes on`,
    `${WIRE} › keep a command that is denied from starting`,
  ),
  'R4-approvals-timeout': landed(
    'nobody decides in time: the command is not started; an aborted run waits no more',
    `${STORY} › is not started when nobody decides in time`,
    `${STORY} › waits no more when its run is aborted`,
  ),
  'R4-approvals-nobody': landed(
    'no approver reachable, on this replica or another one: refused at once',
    `${STORY} › is refused at once when nobody is there who could decide`,
    `${REPLICAS} › is refused when somebody else is connected to the other one, and when nobody is`,
    `${WIRE} › are refused at once when nobody is connected who may give one, and are nothing for those who may not`,
  ),
  'R4-approvals-replicas': landed(
    'whoever waits on one replica hears what is decided on another one',
    `${REPLICAS} › waits for whoever is connected to the other one, and hears at once what is decided there`,
    `${REPLICAS} › is found decided when the news of it were lost`,
  ),
  'R4-approvals-crash': landed(
    'a killed gateway: the next one waits on for the same row, uses what was decided, and starts nothing twice',
    `${STORY} › waits on as the same row, also while nobody is back yet, and starts once`,
    `${STORY} › uses what was decided meanwhile`,
    `${STORY} › is stopped and taken up by the next gateway when this one stops in peace`,
    `${STORY} › is never started again once it was`,
    `${WIRE} › is waited for by the next one, and the command is started once`,
  ),
  'R4-approvals-rules': landed(
    'security and ask, the allowlist over every command of a text, and what is safe without it',
    `${RULES} › with security %s and ask %s decides about what is listed, safe, neither, opaque`,
    `${RULES} › asks for all of it when one command of it is not covered`,
    `${RULES} › as %s covers %o`,
    `${RULES} › does not cover %s`,
    `${RULES} › is %s`,
    `${RULES} › is not %s`,
    'src/tools/approvals/approval-corpus.spec.ts › asks about %s, and never allows it for good',
    'src/tools/approvals/approval-corpus.spec.ts › asks about %s, unless that was allowed for good',
    'src/tools/approvals/approval-corpus.spec.ts › does not take %s to be safe',
    'src/tools/approvals/approval-corpus.spec.ts › lets nothing through because of what stands before or behind it',
    'src/tools/approvals/matches-glob.spec.ts › is as a regular expression of the same meaning says',
  ),
  'R4-approvals-isolation': landed(
    'nobody sees or decides about commands of other users, but admins',
    `${STORY} › is seen and decided by its own user and by admins, and is not there for anybody else`,
    `${WIRE} › are told to the user of the run and to admins that hear all, and to nobody else`,
  ),
};
