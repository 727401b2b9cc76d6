import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a program needs to know of the machine, and what is no secret. */
const TAKEN_OVER = [
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
] as const;

/** For programs that would wait for a person, or draw for one. */
const NO_PERSON = {
  TERM: 'dumb',
  NO_COLOR: '1',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  DEBIAN_FRONTEND: 'noninteractive',
  PYTHONUNBUFFERED: '1',
} as const;

/**
 * The environment of a command on the host. It is made from nothing: the gateway's own holds keys and passwords. HOME is
 * the workspace, so that the files of the gateway's user are not found by programs that look there.
 */
export function hostEnvironment(
  gateway: Readonly<Record<string, string | undefined>>,
  passed: readonly string[],
  home: string,
): Record<string, string> {
  const names = [...TAKEN_OVER, ...passed.filter((name) => !name.startsWith('GOCLAW_'))];
  const taken = names.flatMap((name) => {
    const value = gateway[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { username } = userInfo();
  return {
    LANG: 'C.UTF-8',
    ...NO_PERSON,
    USER: username,
    LOGNAME: username,
    SHELL: '/bin/sh',
    HOME: home,
    PATH: searchPath(gateway['PATH']),
    ...Object.fromEntries(taken),
  };
}

/** Relative directories in it would let a workspace's files stand in for programs. */
function searchPath(path: string | undefined): string {
  const directories = (path ?? '').split(':').filter((directory) => isAbsolute(directory));
  return directories.length > 0 ? directories.join(':') : SYSTEM_PATH;
}
