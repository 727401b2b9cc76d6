import { MASK } from '#config';

/** Shorter values stand in texts by chance. */
const SECRET_MIN_CHARS = 6;

/** Takes the values of variables out of what a command prints. */
export class SecretMask {
  /** Longest first: one may be a part of another. */
  private readonly secrets: readonly string[];

  constructor(values: readonly string[]) {
    this.secrets = values
      .filter((value) => value.length >= SECRET_MIN_CHARS)
      .toSorted((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  }

  /** The same for a text that comes in pieces: what may be the beginning of a value waits for what follows. */
  stream(sink: (text: string) => void): { write(text: string): void; end(): void } {
    const held = Math.max(0, (this.secrets[0]?.length ?? 0) - 1);
    let pending = '';
    const emit = (text: string): void => {
      if (text !== '') sink(text);
    };
    return {
      write: (text) => {
        const known = this.text(pending + text);
        const ready = Math.max(0, known.length - held);
        pending = known.slice(ready);
        emit(known.slice(0, ready));
      },
      end: () => {
        emit(pending);
        pending = '';
      },
    };
  }
}
