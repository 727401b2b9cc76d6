import type { CommandEnd, CommandPlace, RunningCommand } from '#contracts';

interface Finished extends CommandEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with what it printed. `onStart` is given the command while it goes on. */
export async function finished(
  place: CommandPlace,
  argv: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly signal?: AbortSignal;
    readonly onStart?: (command: RunningCommand) => void;
    readonly onOutput?: (text: string) => void;
  } = {},
): Promise<Finished> {
  const { input, signal = new AbortController().signal, onStart, onOutput, ...rest } = options;
  const said = { stdout: '', stderr: '' };
  const command = await place.start({
    argv,
    signal,
    ...rest,
    onOutput: (stream, chunk) => {
      const text = Buffer.from(chunk).toString('utf8');
      said[stream] += text;
      onOutput?.(text);
    },
  });
  onStart?.(command);
  if (input !== undefined) await command.write(input);
  command.endInput();
  return { ...(await command.ended), ...said };
}
