/** How a program that starts another one reads its own arguments. */
export interface Wrapper {
  /** Options that stand alone, as one string of letters, and long ones. */
  readonly flags: string;
  readonly longFlags?: readonly string[];
  /** Options with a value: letters, and long ones. */
  readonly valued: string;
  readonly longValued?: readonly string[];
  /** Arguments before the command: the seconds of `timeout`. */
  readonly operands?: number;
  /** `true`: more arguments are added that are not known before (`xargs`). */
  readonly adds?: boolean;
}

const NONE: Wrapper = { flags: '', valued: '' };

/** Programs that run the program that their arguments name. */
export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  nohup: NONE,
  setsid: { flags: 'cfw', longFlags: ['ctty', 'fork', 'wait'], valued: '' },
  nice: { flags: '', valued: 'n', longValued: ['adjustment'] },
  ionice: { flags: 't', valued: 'cn', longValued: ['class', 'classdata'] },
  stdbuf: { flags: '', valued: 'ioe', longValued: ['input', 'output', 'error'] },
  timeout: {
    flags: 'v',
    longFlags: ['foreground', 'preserve-status', 'verbose'],
    valued: 'ks',
    longValued: ['kill-after', 'signal'],
    operands: 1,
  },
  time: { flags: 'pv', valued: '' },
  command: { flags: 'p', valued: '' },
  exec: { flags: 'cl', valued: 'a' },
  builtin: NONE,
  xargs: {
    flags: '0rtpx',
    longFlags: ['null', 'no-run-if-empty', 'verbose', 'exit'],
    valued: 'InPLsdEa',
    longValued: ['max-args', 'max-procs', 'max-lines', 'delimiter', 'arg-file', 'replace', 'max-chars'],
    adds: true,
  },
  sudo: { flags: 'AbEHnPS', valued: 'ughpCrtUDRT', longValued: ['user', 'group'] },
  doas: { flags: 'n', valued: 'uC' },
  chroot: { flags: '', valued: '', longValued: ['userspec', 'groups'], operands: 1 },
  chrt: { flags: 'bfior', valued: '', operands: 1 },
  taskset: { flags: 'c', valued: '', operands: 1 },
  busybox: NONE,
  toybox: NONE,
  strace: { flags: 'fqvc', valued: 'oesp' },
  ltrace: { flags: 'fc', valued: 'oesp' },
  watch: { flags: 'betdgc', valued: 'n' },
  parallel: { flags: 'k', valued: 'jn', adds: true },
  unshare: { flags: 'muinpUfrC', valued: '' },
  runuser: { flags: '', valued: 'ug' },
  setpriv: { flags: '', valued: '', longValued: ['reuid', 'regid'] },
};
