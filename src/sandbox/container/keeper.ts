/**
 * The first process of a sandbox. It ends, and with it everything in the sandbox, when its input ends: the engine closes
 * that when the gateway's connection is gone. The shell waits meanwhile, and so takes the exit codes of processes that
 * lost their parent; `sleep` would leave them as zombies, which count against the limit of processes. The reader may be
 * killed by the commands of the sandbox: then there is a new one.
 */
export const KEEPER = [
  '/bin/sh',
  '-c',
  'exec 3<&0; while :; do cat <&3 >/dev/null & wait $!; [ $? -gt 128 ] || exit 0; done',
] as const;

/** The keeper and its reader. */
export const KEEPER_PROCESSES = 2;
