import { type CommandEnd, errorResult, textResult, type ToolResult } from '#contracts';

/** What a shell makes of SIGXFSZ. */
const FILE_TOO_LARGE_EXIT = 128 + 25;
const NOTHING_PRINTED = '(the command printed nothing)';

/** Why a command was stopped from outside. */
export type Stopped = { readonly by: 'timeout'; readonly afterMs: number } | { readonly by: 'abort' };

/** What the model reads of a command that has ended. */
export function commandResult(output: string, end: CommandEnd, stopped?: Stopped): ToolResult {
  const notes = [...(stopped ? [stopNote(stopped)] : []), ...endNotes(end, stopped !== undefined)];
  const text = [output === '' && notes.length === 0 ? NOTHING_PRINTED : output.trimEnd(), ...notes]
    .filter((part) => part !== '')
    .join('\n\n');
  const failed = stopped !== undefined || end.exitCode !== 0;
  return failed ? errorResult(text) : textResult(text);
}

function stopNote(stopped: Stopped): string {
  if (stopped.by === 'abort') return 'The command was ended because the call was stopped.';
  const took = duration(stopped.afterMs);
  return `command timed out after ${took}; it was ended with everything that it had started. Ask for more time with timeout_sec, or run it with background: true.`;
}

function endNotes({ exitCode, signal, reason }: CommandEnd, stopped: boolean): string[] {
  const notes: string[] = [];
  if (exitCode !== undefined && exitCode !== 0) notes.push(`Exit code: ${exitCode}`);
  if (exitCode === FILE_TOO_LARGE_EXIT) notes.push(`A program was ended by ${signalText('SIGXFSZ')}.`);
  if (exitCode === undefined && reason === undefined && !stopped)
    notes.push(`The command was ended by ${signalText(signal)}.`);
  if (reason !== undefined) notes.push(reason);
  return notes;
}

function signalText(signal: string | undefined): string {
  if (signal === 'SIGXFSZ')
    return 'the system: it wrote a file that is larger than commands may write (tools.exec.file_max_mb)';
  return signal ?? 'the system';
}

/** As Go writes it: `1m0s`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60
    ? `${ms < 1_000 ? ms / 1_000 : seconds}s`
    : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
