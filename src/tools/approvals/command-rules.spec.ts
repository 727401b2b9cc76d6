import { describe, expect, it } from 'vitest';
import type { CommandEntry, ParsedCommand } from '../shell/command-entry.js';
import { allowanceOf, ruleOf } from './command-rules.js';
import type { ExecApprovalSettings } from './exec-approval.config.js';

/** A command as the parser gives it, of plain words. */
function entry(text: string, more: Partial<CommandEntry> = {}): CommandEntry {
  const [path = '', ...args] = text.split(' ');
  const program = path.split('/').at(-1) ?? '';
  return { program, path, args, text, plain: true, dynamic: false, carriesCode: false, ...more };
}

function parsed(...entries: CommandEntry[]): ParsedCommand {
  return { entries, opaque: false };
}

const OPAQUE: ParsedCommand = { entries: [entry('ls')], opaque: true, problem: 'an expansion' };

type Terms = Pick<ExecApprovalSettings, 'security' | 'ask' | 'allowlist'>;

function terms(
  security: Terms['security'],
  ask: Terms['ask'],
  allowlist: string[] = ['git', 'npm run *'],
): Terms {
  return { security, ask, allowlist };
}

/** `allow`, `ask`, `deny`, and what holds unless it was allowed for good: `else ask`, `else deny`. */
function verdict(settings: Terms, command: ParsedCommand): string {
  const rule = ruleOf(settings, command, 'own-directory');
  return rule.kind === 'missed' ? `else ${rule.otherwise}` : rule.kind;
}

describe('What is configured', () => {
  const listed = parsed(entry('git status'));
  const safe = parsed(entry('cat notes.txt'));
  const other = parsed(entry('make all'));

  it.each([
    ['deny', 'off', ['deny', 'deny', 'deny', 'deny']],
    ['deny', 'on-miss', ['deny', 'deny', 'deny', 'deny']],
    ['deny', 'always', ['deny', 'deny', 'deny', 'deny']],
    ['allowlist', 'off', ['allow', 'else deny', 'else deny', 'else deny']],
    ['allowlist', 'on-miss', ['allow', 'else ask', 'else ask', 'ask']],
    ['allowlist', 'always', ['ask', 'ask', 'ask', 'ask']],
    ['full', 'off', ['allow', 'allow', 'allow', 'allow']],
    ['full', 'on-miss', ['allow', 'allow', 'else ask', 'ask']],
    ['full', 'always', ['ask', 'ask', 'ask', 'ask']],
  ] as const)(
    'with security %s and ask %s decides about what is listed, safe, neither, opaque',
    (security, ask, expected) => {
      const verdicts = [listed, safe, other, OPAQUE].map((command) => verdict(terms(security, ask), command));
      expect(verdicts).toEqual(expected);
    },
  );

  it('asks for all of it when one command of it is not covered', () => {
    const settings = terms('allowlist', 'on-miss');
    expect(verdict(settings, parsed(entry('git status'), entry('git log')))).toBe('allow');
    for (const at of [0, 1, 2]) {
      const entries = [entry('git a'), entry('git b'), entry('git c')].with(at, entry('rm x'));
      expect(verdict(settings, parsed(...entries))).toBe('else ask');
    }
  });

  it('does not let a text without any command through', () => {
    expect(verdict(terms('allowlist', 'on-miss'), parsed())).toBe('else ask');
  });

  it('says which commands are not listed, and why something cannot be looked through', () => {
    const settings = terms('allowlist', 'on-miss');
    expect(ruleOf(settings, parsed(entry('git x'), entry('rm y')), 'own-directory')).toMatchObject({
      reason: 'Not listed: rm y',
    });
    expect(
      ruleOf(settings, parsed(entry('rm y'), entry('git x'), entry('ls z')), 'own-directory'),
    ).toMatchObject({
      reason: 'Not listed: rm y · ls z',
    });
    const many = Array.from({ length: 9 }, (_, index) => entry(`rm ${index}`));
    expect(ruleOf(settings, parsed(...many), 'own-directory')).toMatchObject({
      reason: 'Not listed: rm 0 · rm 1 · rm 2 · rm 3 · rm 4 · 4 more',
    });
    expect(ruleOf(settings, OPAQUE, 'own-directory')).toMatchObject({
      reason: expect.stringContaining('an expansion'),
    });
  });
});

describe('A program on the allowlist', () => {
  const covers = (pattern: string, command: CommandEntry): boolean =>
    verdict(terms('allowlist', 'on-miss', [pattern]), parsed(command)) === 'allow';

  it.each([
    ['git', entry('git push --force')],
    ['g*', entry('git push')],
    ['/usr/bin/git', entry('/usr/bin/git push')],
    ['git', entry('git add *.ts', { dynamic: true })],
    ['git status *', entry('git status -s')],
    ['FOO=1 make', entry('FOO=1 make', { plain: false })],
    ['sh -c "make all"', entry('sh -c "make all"', { carriesCode: true })],
  ])('as %s covers %o', (pattern, command) => {
    expect(covers(pattern, command)).toBe(true);
  });

  it.each([
    ['another program of the same name', 'git', entry('/tmp/git push')],
    ['one in the directory where it starts', 'git', entry('./git push')],
    ['a longer name', 'git', entry('gitk')],
    [
      'an assignment before it',
      'git',
      entry('GIT_SSH_COMMAND=evil git fetch', { plain: false, path: 'git' }),
    ],
    ['a redirection behind it', 'echo', entry('echo x > .bashrc', { plain: false })],
    ['code among its arguments', 'python3', entry('python3 -c evil', { carriesCode: true })],
    ['a command for it to run', 'xargs', entry('xargs rm', { carriesCode: true })],
    ['a redirection within a wildcard', 'echo *', entry('echo x > y', { plain: false })],
    ['code within a wildcard', 'sh -c *', entry('sh -c evil', { carriesCode: true })],
    ['words that are known only when it runs', 'cat logs/*', entry('cat logs/$X', { dynamic: true })],
    ['a directory further down', 'cat logs/*', entry('cat logs/../secret')],
    ['other arguments', 'git status', entry('git status -s')],
  ])('does not cover %s', (_name, pattern, command) => {
    expect(covers(pattern, command)).toBe(false);
  });
});

describe('What is safe without being listed', () => {
  const isSafe = (command: CommandEntry): boolean =>
    verdict(terms('full', 'on-miss', []), parsed(command)) === 'allow';

  it.each([
    'ls -la',
    'cat a b',
    'grep -rn x .',
    'head -5 x',
    'find . -name x -type f',
    'sort -u -k2 x',
    'date +%s',
    'date -u',
    'hostname',
    'diff -u a b',
    'du -sh .',
  ])('is %s', (text) => {
    expect(isSafe(entry(text))).toBe(true);
  });

  it.each([
    'find . -delete',
    'find . -exec rm x',
    'find . -execdir rm x',
    'find . -ok rm x',
    'find . -fprint x',
    'find . -fls x',
    'sort -o x y',
    'sort -uo x y',
    'sort --output=x y',
    'sort --o=x y',
    'sort --compress-program=evil y',
    'sort --comp=evil y',
    'sort -T /tmp x',
    'sort -Tsub x',
    'date -s tomorrow',
    'date --set=tomorrow',
    'date 010100002030',
    'hostname evil',
    'env ls',
    'xargs ls',
    'tee x',
    'sed -i s/a/b/ x',
    'awk 1 x',
    'git status',
    'python3 x.py',
    'node x.js',
    'curl x',
    'sudo ls',
    'busybox ls',
    './ls',
    '/tmp/ls',
    'uniq a b',
    'file -C -m x',
    'less x',
    'toString',
    '__proto__',
  ])('is not %s', (text) => {
    expect(isSafe(entry(text))).toBe(false);
  });

  it.each([
    'cat /proc/1/environ',
    'cat ../../secret',
    'head -c100 ..',
    'grep -r -f/etc/passwd .',
    'grep key ~/.goclaw/config.json5',
    'tail -n5 a/../../b',
    'wc --files0-from=/proc/1/environ',
    'find / -name x',
  ])('is not %s on the host, where it reads what is not of its directory', (text) => {
    expect(isSafe(entry(text))).toBe(false);
    const anywhere = ruleOf(terms('full', 'on-miss', []), parsed(entry(text)), 'anything');
    expect(anywhere.kind).toBe('allow');
  });

  it.each(['cat `cat path`', 'cat /proc/$PPID/environ', 'cat $HOME/x', 'cat .*/x', 'cat a/.?/x'])(
    'is not %s on the host, where only the shell knows what it reads',
    (text) => {
      expect(isSafe(entry(text, { dynamic: true }))).toBe(false);
    },
  );

  it('is nothing that reads files, where it starts outside of the workspace', () => {
    const settings = terms('full', 'on-miss', []);
    expect(ruleOf(settings, parsed(entry('cat environ')), 'nothing').kind).toBe('missed');
    expect(ruleOf(settings, parsed(entry('ls')), 'nothing').kind).toBe('allow');
  });

  it('is nothing with a redirection or an assignment', () => {
    expect(isSafe(entry('cat x', { plain: false }))).toBe(false);
  });

  it('takes words that are known only when it runs where no argument could do harm', () => {
    expect(isSafe(entry('cat *', { dynamic: true }))).toBe(true);
    expect(isSafe(entry('sort *', { dynamic: true }))).toBe(false);
    expect(isSafe(entry('find $X', { dynamic: true }))).toBe(false);
  });
});

describe('What "always" is bound to', () => {
  it('is one plain command in its canonical form', () => {
    expect(allowanceOf(`npm   'test'`, parsed(entry('npm test')))).toBe('npm test');
  });

  it.each([
    ['several commands', 'a && b', parsed(entry('a'), entry('b'))],
    ['a redirection', 'a > b', parsed(entry('a > b', { plain: false }))],
    ['words of a loop', 'for i in /; do rm $i; done', parsed(entry('rm $i', { dynamic: true }))],
  ])('is the whole text of %s', (_name, text, command) => {
    expect(allowanceOf(`${text}\n`, command)).toBe(text);
  });

  it('is nothing for what cannot be looked through, or holds no command', () => {
    expect(allowanceOf('eval x', OPAQUE)).toBeUndefined();
    expect(allowanceOf('#', parsed())).toBeUndefined();
  });
});
