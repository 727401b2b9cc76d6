import type { Engine } from '../engine/engine.js';
import { KEEPER_PROCESSES } from './keeper.js';
import { awaitExec } from './await-exec.js';

/** Marks the processes of a command, also those that left its process group and lost their parents. */
export const COMMAND_MARK = 'SANDBOX_COMMAND';

const SWEEP_TIMEOUT_MS = 15_000;

/** Everything that this user may kill, at once, but for the keeper; the reader comes again. */
const KILL_ALL = ['/bin/sh', '-c', 'kill -9 -1 2>/dev/null; exit 0'];

/**
 * Kills what belongs to none of the marks that it is given: a process belongs to a mark when it bears it, or is of the
 * session or a descendant of one that does. What hides (another environment, another session, no parent) belongs to
 * none. Repeats until nothing is left: what is killed may have forked meanwhile. `status` is read, not `stat`: a process
 * can give itself a name that breaks the latter's line. Variables end with NUL, so `grep -z`; not all of its kinds see more
 * than the first one without.
 */
const KILL_OTHERS = [
  '/bin/sh',
  '-c',
  String.raw`
me=$$; round=0
while [ $round -lt 100 ]; do
  round=$((round + 1)); all=' '; kept=" 1 $me "; sessions=" 1 $me "
  for mark in "$@"; do
    for file in $(grep -lszxF -e "$mark" /proc/[0-9]*/environ 2>/dev/null); do
      pid=\${file#/proc/}; kept="$kept\${pid%/environ} "
    done
  done
  for directory in /proc/[0-9]*; do
    pid=\${directory#/proc/}; parent=; session=; state=
    while read -r key value rest; do
      case $key in State:) state=$value ;; PPid:) parent=$value ;; NSsid:) session=$value ;; esac
    done 2>/dev/null <"$directory/status"
    case $state in '' | Z | X) continue ;; esac
    all="$all$pid:$parent:$session "
    case $kept in *" $pid "*) sessions="$sessions$session " ;; esac
  done
  grown=yes
  while [ -n "$grown" ]; do
    grown=; found=' '
    for entry in $all; do
      pid=\${entry%%:*}; session=\${entry##*:}; parent=\${entry#*:}; parent=\${parent%:*}
      case $kept in *" $pid "*) continue ;; esac
      case $sessions in *" $session "*) kept="$kept$pid "; grown=yes; continue ;; esac
      case $kept in
        *" $parent "*) if [ "$parent" != 1 ]; then kept="$kept$pid "; sessions="$sessions$session "; grown=yes; fi ;;
      esac
      found="$found$pid "
    done
  done
  again=
  for entry in $all; do
    pid=\${entry%%:*}
    case $kept in *" $pid "*) ;; *) kill -9 "$pid" 2>/dev/null && again=yes ;; esac
  done
  [ -n "$again" ] || exit 0
done
exit 1`.replaceAll('\\${', '${'),
  'goclaw-sweep',
];

/**
 * Ends every process of a container that belongs to no open command. `open`: the ids of those that go on.
 * @throws CommandError when it could not: then the container must end
 */
export async function sweepProcesses(
  engine: Engine,
  container: string,
  open: readonly string[],
): Promise<void> {
  if (open.length === 0 && (await engine.processes(container)) === KEEPER_PROCESSES) return;
  const argv = open.length === 0 ? KILL_ALL : [...KILL_OTHERS, ...open.map((id) => `${COMMAND_MARK}=${id}`)];
  await awaitExec(engine, await engine.exec(container, { argv }), SWEEP_TIMEOUT_MS);
}
