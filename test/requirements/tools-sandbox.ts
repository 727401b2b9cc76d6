import { landed, type Requirements } from './requirement.js';

const PLACE = 'test/integration/sandbox.spec.ts';
const FILES = 'test/integration/sandbox-files.spec.ts';
const PROGRAM = 'test/e2e/sandbox.spec.ts';

/** Commands that are shut in: where they run, what they see, and how they end. */
export const TOOLS_SANDBOX: Requirements = {
  'R4-sandbox-modes': landed(
    'the modes, scopes and settings of the reference hold, an agent’s own before the defaults',
    'src/sandbox/strictest.spec.ts › is off unless it is asked for',
    'src/sandbox/strictest.spec.ts › is of all agents but the default one where the mode says so',
    'src/sandbox/strictest.spec.ts › has the defaults that are documented, in the units that are used',
    'src/sandbox/strictest.spec.ts › has its own settings before the defaults, and both their variables',
    `${PLACE} › is shared as its scope says, and never by two users`,
    `${PLACE} › is set up once, and says why when that fails`,
    `${PROGRAM} › has the sandbox that an admin gave it, and the files in it`,
  ),
  'R4-sandbox-strictest': landed(
    'the sandbox inherits the strictest of parent and child',
    'src/sandbox/strictest.spec.ts › is the one where only one run has one',
    'src/sandbox/strictest.spec.ts › has of every limit the tighter one, whoever sets it',
    'src/agent/resolver/agent-resolver.spec.ts › gives a run that another one started no looser sandbox than that one has',
  ),
  'R4-sandbox-users': landed(
    'users never share a container, a mount or a file',
    'src/sandbox/sandbox-key.spec.ts › is never the same for two users, in any scope',
    'src/sandbox/sandbox-key.spec.ts › cannot be made equal by ids that contain each other',
    `${PROGRAM} › runs commands there in managed mode, on the files of its user, and never on those of another`,
    `${PLACE} › goes when its user is erased, and those of others stay`,
  ),
  'R4-sandbox-hardening': landed(
    'a container has no privilege, no network, a read-only root and nothing of the gateway',
    'src/sandbox/container/container-options.spec.ts › has no capability, nothing to gain one by, no network, and bounds for everything',
    'src/sandbox/container/container-options.spec.ts › runs nothing of its image, and lives as long as its input',
    'src/sandbox/mounted-directory.spec.ts › is the one that its links lead to now: whoever changes a link later changes no mount',
    'src/sandbox/container/container-options.spec.ts › mounts the workspace as its access says, and nothing else of the host',
    `${PLACE} › has no privilege, no network, a read-only root, and limits`,
    `${PLACE} › gives a command its variables and directory, and nothing of the gateway`,
    `${PLACE} › sees its workspace as its access says`,
  ),
  'R4-sandbox-processes': landed(
    'everything dies with its command, also what hides, and a fork bomb',
    `${PLACE} › leaves nothing of a command that ended, whatever it did to stay`,
    `${PLACE} › leaves open commands alone when one ends, and nothing of what that one hid`,
    `${PLACE} › kills a command with everything it started when it is aborted`,
    `${PLACE} › survives a fork bomb`,
    `${PLACE} › ends a command that takes longer than its terms allow, and says so`,
  ),
  'R4-sandbox-limits': landed(
    'memory, disks and output of commands are bounded',
    `${PLACE} › ends a command that uses too much memory, and says so`,
    `${PLACE} › has a bound for what is written to its temporary directories`,
    `${PLACE} › has limits of each process that an engine takes as they are sent: of files, what is open, and core dumps`,
    `${PLACE} › takes output without end more slowly, once nobody will read it any more`,
    'src/sandbox/disk-watch.spec.ts › that fills while a command is open ends it, with the reason',
    'src/sandbox/disk-watch.spec.ts › that is full already ends nobody who writes little',
    'src/sandbox/container/frame-reader.spec.ts › are passed on as they come: one that claims gigabytes is not waited for',
  ),
  'R4-sandbox-pruning': landed(
    'containers that are idle or old are removed, and none is left by a gateway that died',
    `${PLACE} › is removed when nobody used it for so long, and the next call makes another one`,
    `${PLACE} › stays while a command is open, however old it is`,
    `${PLACE} › ends with the gateway’s module`,
    `${PROGRAM} › leaves no container behind when its gateway is killed, with a command open`,
  ),
  'R4-sandbox-files': landed(
    'file tools see what commands see; no shell reads a path',
    `${FILES} › are written, read, edited, listed and found where its commands see them, and nowhere else`,
    `${FILES} › are the sandbox’s own also outside of /workspace: nothing of the host`,
    `${FILES} › of any name are taken as names, and never as options or as a shell would`,
    `${FILES} › that are links, devices, directories or missing are told so`,
    `${FILES} › that are large are read, searched and refused within their limits`,
    `${FILES} › are searched in one sweep, however many there are`,
    `${FILES} › that may only be read are read on the host, and not written`,
    `${FILES} › that are mounted are the workspace’s, and links that commands made lead nowhere else`,
    'src/tools/fs/call-workspace.spec.ts › cannot be left with a sandbox, also where the agent may leave it otherwise',
  ),
  'R4-sandbox-trouble': landed(
    'Docker gone in mid-run, or an image that is missing, is a result for the model',
    `${PLACE} › whose engine dies ends its commands with the reason, and comes back with the engine`,
    `${PLACE} › that is removed under a command is told to the model, and comes again`,
    `${PLACE} › is unavailable, with the remedy, when its image or the engine is not there`,
    `${PROGRAM} › goes on with its run when the engine dies under a command, and when it is away`,
    'src/cli/doctor/sandbox-check.spec.ts › says how to get an image that is missing',
    'src/cli/doctor/sandbox-check.spec.ts › says how to reach an engine that does not answer',
  ),
};
