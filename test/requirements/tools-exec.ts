import { landed, type Requirements } from './requirement.js';

const CORPUS = 'src/tools/shell/shell-corpus.spec.ts';
const READ = 'src/tools/shell/shell-limits.spec.ts';
const FUZZ = 'src/tools/shell/shell-fuzz.spec.ts';
const HOST = 'src/tools/exec/command-runner.spec.ts';
const SANDBOXED = 'src/tools/exec/sandboxed-command.spec.ts';
const PROCESSES = 'src/processes/host-processes.spec.ts';
const FAMILY = 'src/processes/process-family.spec.ts';
const BACKGROUND = 'src/tools/process/process.tool.spec.ts';
const WIRE = 'test/e2e/exec.spec.ts';

/** Tools: commands, how they are read, run and ended. */
export const TOOLS_EXEC: Requirements = {
  'R4-exec-parsed': landed(
    'commands are parsed by a real shell grammar; what is not understood asks',
    `${CORPUS} › asks for %s, which is not certain`,
    `${CORPUS} › asks for %s, because a part of it is on no list`,
    `${CORPUS} › lets %s run, for all of it is listed`,
    `${READ} › has a bound for %s, beyond which it asks`,
    `${READ} › is looked at once more where the parser took for a part of a word what ends one`,
    `${FUZZ} › knows every program that a real shell starts, or says that it does not`,
    `${HOST} › asks with the parsed command and its directory; a program of the directory is then another one`,
  ),
  'R4-exec-deny': landed(
    'deny patterns are the last net, whatever is approved',
    `${CORPUS} › denies %s by its rule`,
    `${READ} › is denied by how it looks where it could not be read, also over the end of a line`,
    `${CORPUS} › has cases for every defence`,
    `${HOST} › is not the model: denied commands never reach an approval`,
  ),
  'R4-exec-approved': landed(
    'a command starts when it was approved, once, and waiting for it costs it no time',
    `${HOST} › is the approval: refused, it is not run, and the reason reaches the model`,
    `${HOST} › is the approval, which is used once: taken before, the command is not run again`,
    `${HOST} › is what holds when it starts: a host that was closed, or a call that was stopped while it waited, runs nothing`,
    `${HOST} › waits for the approval without using up the time of the command`,
    `${BACKGROUND} › is denied and asked about like any other`,
  ),
  'R4-exec-streamed': landed(
    'output is streamed to watchers and capped for the model',
    `${WIRE} › are shown to who watches while they run, and the model gets the result`,
    `${HOST} › shows what it prints before it has ended`,
    `${HOST} › that prints much gives the beginning and the end of it`,
    `${HOST} › leaves out colours and what a terminal would act on, and bytes that are no text`,
  ),
  'R4-exec-background': landed(
    'background processes with list, poll, log, write, kill, of one conversation alone',
    `${BACKGROUND} › goes on after its call, and its output is read as it comes`,
    `${BACKGROUND} › is ended by kill with everything that it has started, and takes no more input`,
    `${BACKGROUND} › is nobody else’s: no other user, agent or session sees it, whatever id they say`,
    `${BACKGROUND} › is one of a number that a session and a user may have`,
    `${WIRE} › go on in the background over several messages, until their session is reset`,
  ),
  'R4-exec-ends': landed(
    'everything dies with its run or its session, also its children, also those that got away; and nobody else',
    `${HOST} › takes %s along when the run is aborted`,
    `${HOST} › takes one along that cleared its environment and left, once it was seen`,
    `${HOST} › leaves nothing behind when it ends by itself, and says so`,
    `${BACKGROUND} › ends when %s`,
    `${BACKGROUND} › ends with the gateway`,
    `${BACKGROUND} › is ended, and forgotten some time later`,
    `${PROCESSES} › are ended by the next start; those of a gateway that runs go on`,
    `${FAMILY} › are none of the system, with %s for the first of them`,
    `${FAMILY} › are never those that are spared, nor what these have started`,
    `${WIRE} › end with their run when it is aborted, with what has left them`,
    `${WIRE} › are ended by its next start, and the model is told that it is not known what they did`,
    `${WIRE} › end with it when it is told to stop`,
  ),
  'R4-exec-misfortune': landed(
    'commands that hang, fork, fill the disk, take memory or print gigabytes are results for the model',
    `${HOST} › is ended at its limit, with its output so far`,
    `${HOST} › reads the end of its input at once`,
    `${HOST} › prints without end: the gateway goes on meanwhile`,
    `${HOST} › starts without end: it is ended at the number of processes`,
    `${HOST} › writes without end: it is ended at the size of a file`,
    `${HOST} › takes memory without end: it is ended at its limit`,
    `${HOST} › refuses %j with what to do`,
    `${BACKGROUND} › that prints without end keeps the newest of it`,
    `${BACKGROUND} › that does not read keeps nobody waiting`,
    `${FUZZ} › reads any text without an error, in a short time`,
    `${FUZZ} › reads 32,000 characters of %j within a second of work`,
  ),
  'R4-exec-sandboxed': landed(
    'an agent with a sandbox runs its commands there alone; a sandbox that is gone is a result for the model',
    `${SANDBOXED} › runs there, in its directory, for its user, agent and session, and never on the host`,
    `${SANDBOXED} › is a result for the model when the sandbox is gone`,
  ),
  'R4-exec-secrets': landed(
    'a command has nothing of the gateway in its environment',
    `${HOST} › has nothing of the gateway in its environment, and the workspace as its home`,
    `${WIRE} › are shown to who watches while they run, and the model gets the result`,
  ),
  'R4-exec-many': landed(
    'many commands at once take turns, fairly between users',
    `${HOST} › of many users run a number at a time, each with its own output`,
  ),
};
