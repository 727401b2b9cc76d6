import type { CommandPlace } from '#contracts';

/** Of what a program says about its failure. */
const COMPLAINT_MAX_BYTES = 4 * 1024;

export interface CaptureOptions {
  readonly input?: Uint8Array;
  /** More output ends the program. Default: what it says is of no interest beyond its complaints. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
}

export interface Captured {
  readonly exitCode: number | undefined;
  readonly output: Buffer;
  /** The program was ended because it had more to say. */
  readonly isCut: boolean;
  readonly complaint: string;
  /** Why it was killed. */
  readonly reason: string | undefined;
}

/** Runs a program and keeps what it prints. @throws CommandError when it cannot be started */
export async function capture(
  place: CommandPlace,
  argv: readonly string[],
  { input, maxBytes = COMPLAINT_MAX_BYTES, signal }: CaptureOptions,
): Promise<Captured> {
  const chunks: Buffer[] = [];
  const complaints: Buffer[] = [];
  let [bytes, complaintBytes] = [0, 0];
  const full = new AbortController();
  const command = await place.start({
    argv,
    // What programs say is compared.
    env: { LC_ALL: 'C' },
    signal: AbortSignal.any([signal, full.signal]),
    onOutput: (stream, chunk) => {
      if (stream === 'stderr') {
        if (complaintBytes < COMPLAINT_MAX_BYTES) complaints.push(Buffer.from(chunk));
        complaintBytes += chunk.length;
        return;
      }
      if (bytes < maxBytes) chunks.push(Buffer.from(chunk.subarray(0, maxBytes - bytes)));
      bytes += chunk.length;
      if (bytes > maxBytes) full.abort();
    },
  });
  if (input) await command.write(input).catch(() => undefined);
  command.endInput();
  const { exitCode, reason } = await command.ended;
  const complaint = Buffer.concat(complaints).subarray(0, COMPLAINT_MAX_BYTES).toString('utf8');
  return { exitCode, output: Buffer.concat(chunks), isCut: full.signal.aborted, complaint, reason };
}
