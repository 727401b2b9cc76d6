/** A kind of command that is never run, and how it looks in a text that could not be read further. */
export interface DenyPattern {
  readonly rule: DenyRule;
  readonly pattern: RegExp;
  /**
   * `true`: the words are common in harmless commands too (`cat shutdown.log`), so they only count in what was not
   * understood, or is a program text for something else.
   */
  readonly onlyUnread?: boolean;
  /** Must come behind `pattern` in the same line. Each is looked for once, so that a long line stays quick. */
  readonly followedBy?: RegExp;
}

/** What is denied whatever anybody approves, by number of the rules of old. */
export const DENY_RULES = {
  remove: 'rm with a recursive or forced removal',
  'windows-del': 'del with /f or /q',
  'windows-rmdir': 'rmdir /s',
  format: 'a program that makes or formats file systems',
  'raw-copy': 'dd that reads or writes whole devices or files',
  device: 'writing to a disk device',
  power: 'a program that stops or restarts the machine',
  'fork-bomb': 'a function that starts itself without end',
  'piped-download': 'a download that is run at once',
  'network-device': 'a connection through /dev/tcp or /dev/udp',
  netcat: 'netcat that listens or runs a program',
  'dynamic-eval': 'eval of a text that is only known then',
  'piped-decoding': 'a decoded text that is run at once',
} as const;
export type DenyRule = keyof typeof DENY_RULES;

const TO_SHELL = /\|\s*(?:sudo\s+|env\s+|exec\s+|nohup\s+)*(?:[^\s|]{0,200}\/)?(?:ba|da|a|z|k|mk)?sh\b/;
const DISK = String.raw`/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|disk|dm-|mapper/|loop|mem|kmem)`;

/** Bounded: no repetition that a long text could make slow. They are the last net, not the wall. */
export const DENY_PATTERNS: readonly DenyPattern[] = [
  { rule: 'remove', pattern: /\brm\s+(?:-\S+\s+)*-(?:[a-zA-Z]*[rRf]|-recursive|-force)/ },
  { rule: 'windows-del', pattern: /\bdel\s+(?:\/\w\s+)*\/[fq]\b/i },
  { rule: 'windows-rmdir', pattern: /\b(?:rmdir|rd)\s+(?:\/\w\s+)*\/s\b/i },
  { rule: 'format', pattern: /\b(?:mkfs(?:\.\w+)?|diskpart)\b|(?:^|[;&|(`]\s*)format\s/, onlyUnread: true },
  { rule: 'raw-copy', pattern: /\bdd\b[^\n;&|]{0,2000}\bif=/ },
  { rule: 'device', pattern: new RegExp(String.raw`>[>|]?\s*["']?${DISK}`) },
  { rule: 'power', pattern: /\b(?:shutdown|reboot|poweroff|halt)\b/, onlyUnread: true },
  { rule: 'fork-bomb', pattern: /(?:^|[\s;&|])([\w:.]{1,32})\s*\(\)\s*\{[^}]{0,200}?\1\s*[|&]/ },
  { rule: 'piped-download', pattern: /\b(?:curl|wget|fetch)\b/, followedBy: TO_SHELL },
  { rule: 'network-device', pattern: /\/dev\/(?:tcp|udp)\// },
  {
    rule: 'netcat',
    pattern:
      /\b(?:nc|ncat|netcat)\b[^\n;&|]{0,2000}\s-(?:[a-zA-Z]*[elc]|-(?:exec|sh-exec|lua-exec|listen)\b)/,
  },
  { rule: 'dynamic-eval', pattern: /\beval\s+["']?[$`]/ },
  { rule: 'piped-decoding', pattern: /\bbase64\s+(?:-d|-D|--decode)\b/, followedBy: TO_SHELL },
];
