import type { CommandEntry } from './command-entry.js';
import { DENY_PATTERNS, DENY_RULES, type DenyPattern, type DenyRule } from './deny-patterns.js';
import { isInterpreter, isOwnInput, SHELLS } from './program-sets.js';
import type { FoundCommand, ShellReading } from './shell-reading.js';

/** A command that nobody may run, and why. */
export interface Denial {
  readonly rule: DenyRule;
  /** For the model. */
  readonly message: string;
}

const DOWNLOADERS: ReadonlySet<string> = new Set([
  'curl',
  'wget',
  'fetch',
  'aria2c',
  'lynx',
  'http',
  'https',
  'lwp-request',
]);
const DECODERS: ReadonlySet<string> = new Set(['base64', 'base32', 'basenc', 'xxd', 'uudecode', 'openssl']);
const DECODING = /^(-\w*[dDr]\w*|--decode|--revert|enc)$/;
const RUNS_TEXT: ReadonlySet<string> = new Set(['eval', 'source', '.']);
const FORMATTERS =
  /^(mkfs(\..+)?|mke2fs|mkswap|mkntfs|mkdosfs|wipefs|fdisk|sfdisk|cfdisk|parted|diskpart|format)$/;
const POWER: ReadonlySet<string> = new Set(['shutdown', 'reboot', 'poweroff', 'halt', 'telinit']);
const POWER_ACTIONS: ReadonlySet<string> = new Set([
  'poweroff',
  'reboot',
  'halt',
  'kexec',
  'suspend',
  'hibernate',
]);
const DISK = /^(of=)?\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk|dm-|mapper\/|loop|mem$|kmem$)/;
const WRITERS: ReadonlySet<string> = new Set([
  'dd',
  'tee',
  'cp',
  'mv',
  'shred',
  'install',
  'rsync',
  'truncate',
  'badblocks',
]);

type Rule = (entry: CommandEntry) => DenyRule | undefined;

const ENTRY_RULES: readonly Rule[] = [
  ({ program, args }) => (program === 'rm' && args.some(removesTree) ? 'remove' : undefined),
  ({ program, args }) =>
    /^(del|erase)$/i.test(program) && args.some(isSwitch('fq')) ? 'windows-del' : undefined,
  ({ program, args }) =>
    /^(rmdir|rd)$/i.test(program) && args.some(isSwitch('s')) ? 'windows-rmdir' : undefined,
  ({ program }) => (FORMATTERS.test(program) ? 'format' : undefined),
  ({ program, args }) =>
    program === 'dd' && args.some((arg) => arg.startsWith('if=')) ? 'raw-copy' : undefined,
  ({ program, args, text }) =>
    (WRITERS.has(program) && args.some((arg) => DISK.test(arg))) ||
    /(?:^|[ \d])>[>|]?\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk|mapper\/)/.test(text)
      ? 'device'
      : undefined,
  ({ program, args }) => (endsMachine(program, args) ? 'power' : undefined),
  ({ program, args }) =>
    /^(nc|ncat|netcat)(\.\w+)?$/.test(program) && args.some(opensDoor) ? 'netcat' : undefined,
  ({ program, args }) =>
    program === 'socat' && args.some((arg) => /^(exec|system):|-listen:/i.test(arg)) ? 'netcat' : undefined,
  ({ program, args }) =>
    program === 'eval' && args.some((arg) => /[$`]/.test(arg)) ? 'dynamic-eval' : undefined,
];

/** What of a text is denied, whatever anybody approves. `undefined`: nothing that is known. */
export function denialOf(text: string, reading: ShellReading): Denial | undefined {
  const rule = ruleOf(text, reading);
  if (rule === undefined) return undefined;
  return {
    rule,
    message: `Command denied: it has ${DENY_RULES[rule]}, which no agent may run. Reach the goal in another way, or ask the user to do it.`,
  };
}

function ruleOf(text: string, reading: ShellReading): DenyRule | undefined {
  if (reading.selfFeeding.length > 0) return 'fork-bomb';
  const all = reading.found.flatMap(flat);
  const fed = feedsRule(all);
  if (fed) return fed;
  for (const { entry } of all) {
    for (const rule of ENTRY_RULES) {
      const denied = rule(entry);
      if (denied) return denied;
    }
  }
  return patternRule(text, reading);
}

/** Something from the network or from a code goes straight into what runs it. */
function feedsRule(all: readonly FoundCommand[]): DenyRule | undefined {
  for (const command of all) {
    const { entry, pipeline, substitutions } = command;
    if (!runsText(entry)) continue;
    const before = readsProgram(entry) ? all.filter((other) => isBefore(other.pipeline, pipeline)) : [];
    for (const { entry: source } of [...before, ...substitutions.flatMap(flat)]) {
      if (DOWNLOADERS.has(source.program)) return 'piped-download';
      if (DECODERS.has(source.program) && source.args.some((arg) => DECODING.test(arg)))
        return 'piped-decoding';
    }
  }
  return undefined;
}

function isBefore(one: FoundCommand['pipeline'], other: FoundCommand['pipeline']): boolean {
  return one !== undefined && other !== undefined && one.id === other.id && one.position < other.position;
}

function patternRule(text: string, { opaque, code }: ShellReading): DenyRule | undefined {
  const joined = text.replaceAll('\\\n', '');
  for (const denied of DENY_PATTERNS) {
    const texts = denied.onlyUnread === true && !opaque ? code : [joined, ...code];
    if (texts.some((one) => looksLike(denied, one))) return denied.rule;
  }
  return undefined;
}

function looksLike({ pattern, followedBy }: DenyPattern, text: string): boolean {
  if (!followedBy) return pattern.test(text);
  return text.split('\n').some((line) => {
    const at = line.search(pattern);
    return at >= 0 && followedBy.test(line.slice(at));
  });
}

function flat(command: FoundCommand): FoundCommand[] {
  return [command, ...command.substitutions.flatMap(flat)];
}

function runsText({ program }: CommandEntry): boolean {
  return SHELLS.has(program) || RUNS_TEXT.has(program) || isInterpreter(program);
}

/** Whether its input is its program: `python3 -m json.tool` only reads data. */
function readsProgram({ program, args }: CommandEntry): boolean {
  return !isInterpreter(program) || args.length === 0 || args.some(isOwnInput);
}

/** Every spelling of `-r`, `-R` and `-f`: in clusters, and long ones that may be shortened. */
function removesTree(arg: string): boolean {
  return /^-[a-zA-Z]*[rRf]/.test(arg) || /^--(r|f)[a-z]*$/.test(arg);
}

function isSwitch(letters: string): (arg: string) => boolean {
  return (arg) => new RegExp(`^/[${letters}]$`, 'i').test(arg);
}

function endsMachine(program: string, args: readonly string[]): boolean {
  if (POWER.has(program)) return true;
  if (program === 'systemctl' || program === 'loginctl') return args.some((arg) => POWER_ACTIONS.has(arg));
  return program === 'init' && /^[06s]$/i.test(args[0] ?? '');
}

function opensDoor(arg: string): boolean {
  return /^-[a-zA-Z]*[elc]/.test(arg) || /^--(exec|sh-exec|lua-exec|listen)/.test(arg);
}
