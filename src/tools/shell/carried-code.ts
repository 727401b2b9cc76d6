import { isInterpreter, isOwnInput, SHELLS } from './program-sets.js';
import type { ShellWord } from './shell-reading.js';
import { words } from './words.js';
import { type Wrapper, WRAPPERS } from './wrappers.js';

/** What the arguments of a command make run beside its own program. */
export interface CarriedCode {
  /** Commands of which the words are known. */
  readonly commands: readonly (readonly ShellWord[])[];
  /** Texts for a shell. */
  readonly scripts: readonly string[];
  /** Texts for another interpreter. */
  readonly code: readonly string[];
  /** Why it is not known what runs. */
  readonly problem?: string;
}

const NOTHING: CarriedCode = { commands: [], scripts: [], code: [] };
const UNKNOWN_TEXT = 'a program that gets its commands from somewhere else';

/** Options of programs that make them run something: what a list of programs that may be used cannot know. */
const CODE_OPTIONS: Readonly<Record<string, RegExp>> = {
  git: /^(-c|--config-env.*|--exec-path.*|--upload-pack.*|--receive-pack.*|-x|--exec.*|ext::.*|bisect|foreach|filter-branch)$/,
  tar: /^(--to-command.*|--use-compress-program.*|-I.*|--checkpoint-action.*|--rsh-command.*|--info-script.*|-F.*)$/,
  rsync: /^(-[a-zA-Z]*e.*|--rsh.*|--rsync-path.*)$/,
  scp: /^(-S.*|-o.*)$/,
  zip: /^(-TT|--unzip-command.*)$/,
  man: /^(-P.*|--pager.*|-H.*)$/,
  make: /^(-f.*|--file.*|--eval.*|-E.*|SHELL=.*)$/,
  vim: /^(-c.*|\+.*|-S.*)$/,
  vi: /^(-c.*|\+.*)$/,
  gdb: /^(-ex|-x|--eval-command.*|--args)$/,
  sort: /^--compress-program.*$/,
  curl: /^(-K.*|--config.*)$/,
  wget: /^(--use-askpass.*|-e.*|--execute.*)$/,
};

/** Programs that are there to run something else: the arguments say what, in ways that are not followed here. */
const CARRIERS: ReadonlySet<string> = new Set(
  words(`
    ssh docker podman kubectl nsenter npx pnpx bunx at batch crontab systemd-run script expect socat
    flock screen tmux entr ed ex emacs psql sqlite3 mysql
  `),
);

/** `sed` scripts that cannot run or write anything. */
const TAME_SED =
  /^(\d+|\$)?(,(\d+|\$))?[pdq]$|^s([/|,#])(?:\\.|(?!\4)[^\\\n])*\4(?:\\.|(?!\4)[^\\\n])*\4[gpI\d]*$/;

/** What `env` takes apart into a command, in the same word or the next: `-S`, `-iS`, `--split-string=`, which may be shortened. */
const SPLIT_OPTION = /^(?:-[a-zA-Z]*?S|--s[a-z-]*=?)/;

/** Whether an argument of the command is, or may be, a program text or a command for somebody else. */
export function carriesCode(program: string, args: readonly ShellWord[]): boolean {
  if (SHELLS.has(program) || CARRIERS.has(program) || program === 'env' || program === 'find') {
    return program !== 'find' || args.some((arg) => isFindAction(arg.value));
  }
  if (program in WRAPPERS) return program !== 'command' || !/^-[vV]$/.test(args[0]?.value ?? '');
  if (isInterpreter(program))
    return (
      args.length === 0 ||
      args.some((arg) => arg.dynamic || arg.value.startsWith('-') || isOwnInput(arg.value))
    );
  if (/^[gmn]?awk$|^busybox$/.test(program)) return true;
  if (program === 'sed') return !isTameSed(args.map(({ value }) => value));
  return args.some((arg) => CODE_OPTIONS[program]?.test(arg.value) ?? false);
}

/** Follows what can be followed. */
export function carriedCode(program: string, args: readonly ShellWord[]): CarriedCode {
  if (SHELLS.has(program)) return ofShell(args);
  if (program === 'su' || program === 'runuser' || program === 'script') return ofTextOption(args);
  if (program === 'env') return ofEnv(args);
  if (program === 'find') return ofFind(args);
  if (program === 'eval') return { ...NOTHING, scripts: [args.map(({ value }) => value).join(' ')] };
  if (program === 'trap') return { ...NOTHING, scripts: args.slice(0, 1).map(({ value }) => value) };
  if (program === 'ssh')
    return {
      ...NOTHING,
      scripts: [
        args
          .slice(1)
          .map(({ value }) => value)
          .join(' '),
      ],
    };
  if (isInterpreter(program)) return ofInterpreter(args);
  if (/^[gmn]?awk$|^sed$/.test(program)) return { ...NOTHING, code: args.map(({ value }) => value) };
  const wrapper = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
  return wrapper ? ofWrapper(program, wrapper, args) : NOTHING;
}

function isFindAction(value: string): boolean {
  return /^-(exec|execdir|ok|okdir)$/.test(value);
}

function isTameSed(args: readonly string[]): boolean {
  const [script, ...files] = args.filter((arg) => !/^-[nErsz]+$/.test(arg));
  return script !== undefined && TAME_SED.test(script) && !files.some((file) => file.startsWith('-'));
}

function ofShell(args: readonly ShellWord[]): CarriedCode {
  const at = args.findIndex(({ value }) => /^-[a-z]*c[a-z]*$/.test(value));
  const operand = args.findIndex(({ value }) => !/^[-+]/.test(value));
  if (at >= 0 && (operand < 0 || at < operand)) {
    const text = args.slice(at + 1).find(({ value }) => !value.startsWith('-'));
    if (!text) return { ...NOTHING, problem: UNKNOWN_TEXT };
    return { ...NOTHING, scripts: [text.value], ...(text.dynamic && { problem: UNKNOWN_TEXT }) };
  }
  const isFile = operand === 0 && args[0]?.dynamic === false;
  return isFile ? NOTHING : { ...NOTHING, problem: UNKNOWN_TEXT };
}

function ofTextOption(args: readonly ShellWord[]): CarriedCode {
  const at = args.findIndex(({ value }) => value === '-c' || value === '--command');
  const text = at < 0 ? undefined : args[at + 1];
  return { ...NOTHING, scripts: text ? [text.value] : [], problem: UNKNOWN_TEXT };
}

function ofInterpreter(args: readonly ShellWord[]): CarriedCode {
  const code = args.flatMap(({ value }, index) =>
    /^-\w*[ecErp]\w*$|^--(eval|print|execute)$/.test(value) ? [args[index + 1]?.value ?? ''] : [],
  );
  const reads = args.length === 0 || args.some(({ value }) => isOwnInput(value));
  return { ...NOTHING, code, ...(reads && { problem: UNKNOWN_TEXT }) };
}

function ofEnv(args: readonly ShellWord[]): CarriedCode {
  const at = args.findIndex(({ value, dynamic }) => dynamic || !/^-|^\w+=/.test(value));
  const before = at < 0 ? args : args.slice(0, at);
  const simple = before.every(({ value }) => value === '-i' || value === '-');
  const split = before.findIndex(({ value }) => SPLIT_OPTION.test(value));
  const texts = split < 0 ? [] : args.slice(split).map(({ value }) => value);
  const scripts = split < 0 ? [] : [texts.join(' ').replace(SPLIT_OPTION, '')];
  const problem = 'a changed environment';
  return { ...NOTHING, commands: at < 0 ? [] : [args.slice(at)], scripts, ...(!simple && { problem }) };
}

function ofFind(args: readonly ShellWord[]): CarriedCode {
  const commands: (readonly ShellWord[])[] = [];
  let command: ShellWord[] | undefined;
  for (const word of args) {
    // Up to its end, everything is the command's, also what looks like a further one.
    if (command && (word.value === ';' || word.value === '+')) command = undefined;
    else if (command) command.push(word);
    else if (isFindAction(word.value)) commands.push((command = []));
  }
  return { ...NOTHING, commands };
}

function ofWrapper(program: string, wrapper: Wrapper, args: readonly ShellWord[]): CarriedCode {
  if (program === 'command' && /^-[vV]$/.test(args[0]?.value ?? '')) return NOTHING;
  const { index, certain } = endOfOptions(wrapper, args);
  const command = args.slice(index + (wrapper.operands ?? 0));
  // `watch` and `parallel` hand their words to a shell.
  const scripts =
    program === 'watch' || program === 'parallel' ? [command.map(({ value }) => value).join(' ')] : [];
  const reads = wrapper.adds === true && command.length === 0;
  const unknown = certain ? undefined : `an option of ${program} that is not known here`;
  const problem = unknown ?? (reads ? UNKNOWN_TEXT : undefined);
  return {
    ...NOTHING,
    commands: command.length > 0 ? [command] : [],
    scripts,
    ...(problem !== undefined && { problem }),
  };
}

/** Where the options of a wrapper end, and whether all of them are known. */
function endOfOptions(wrapper: Wrapper, args: readonly ShellWord[]): { index: number; certain: boolean } {
  let certain = true;
  let index = 0;
  for (let word = args[0]; word !== undefined; word = args[index]) {
    if (word.value === '--') return { index: index + 1, certain };
    if (!word.dynamic && !/^-./.test(word.value)) break;
    const kind = word.dynamic ? 'unknown' : optionKind(wrapper, word.value);
    certain &&= kind !== 'unknown';
    index += kind === 'with-next' ? 2 : 1;
  }
  return { index, certain };
}

function optionKind(wrapper: Wrapper, option: string): 'alone' | 'with-next' | 'unknown' {
  if (option.startsWith('--')) {
    const [name = '', value] = option.slice(2).split('=', 2);
    if (wrapper.longValued?.includes(name)) return value === undefined ? 'with-next' : 'alone';
    return wrapper.longFlags?.includes(name) ? 'alone' : 'unknown';
  }
  const letters = Array.from(option.slice(1));
  const valued = letters.findIndex((letter) => wrapper.valued.includes(letter));
  const flags = valued < 0 ? letters : letters.slice(0, valued);
  if (!flags.every((letter) => wrapper.flags.includes(letter))) return 'unknown';
  return valued >= 0 && valued === letters.length - 1 ? 'with-next' : 'alone';
}
