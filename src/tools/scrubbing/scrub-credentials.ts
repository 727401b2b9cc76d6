const REDACTED = '[REDACTED]';

/**
 * Beyond this, the middle is dropped before scrubbing, so that a runaway output cannot hold the event loop. Far
 * larger than what any cap keeps, so no kept end lies near the cut.
 */
const SCRUB_MAX_CHARS = 16 * 1024 * 1024;

/**
 * No credential is longer. Repetitions need a bound: the regex engine keeps a way back for every character, and
 * its stack would overflow on megabytes without white space.
 */
const MAX = 16_384;

/** Credentials that are known by their shape. */
const TOKENS = new RegExp(
  [
    `sk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{20,${MAX}}`,
    `sk-[A-Za-z0-9]{20,${MAX}}`,
    `gh[pousr]_[A-Za-z0-9]{36,${MAX}}`,
    `github_pat_[A-Za-z0-9_]{22,${MAX}}`,
    'AKIA[A-Z0-9]{16}',
  ].join('|'),
  'g',
);

const SEPARATOR = String.raw`\\?["']?\s{0,32}[:=]\s{0,32}\\?`;

/** `Authorization: Basic …`: the scheme stands between the key word and the credential. */
const AUTHORIZATION = new RegExp(
  String.raw`(authorization${SEPARATOR}["']?(?:bearer|basic|token)[ \t]{1,32})[^\s"'\\,;<>]{8,${MAX}}`,
  'gi',
);

/** `bearer …` elsewhere: long enough not to be prose. */
const BEARER = new RegExp(String.raw`(\bbearer[ \t]{1,32})[A-Za-z0-9._~+/=-]{16,${MAX}}`, 'gi');

/**
 * A key word, `:` or `=`, and eight characters or more, as in environment files, JSON (also inside a JSON string),
 * YAML and URLs. A quoted value ends with its quote, any other at white space.
 */
const ASSIGNMENT = new RegExp(
  `((?:api[ _-]?key|token|secret|password|bearer|authorization)${SEPARATOR})` +
    String.raw`(?:(")[^"\n]{8,${MAX}}|(')[^'\n]{8,${MAX}}|["']?[^\s"']\S{7,${MAX}})`,
  'gi',
);

/**
 * Replaces what looks like a credential by `[REDACTED]`. Key words stay, so that the reader knows what was there.
 * Scrubbing twice changes nothing more. Runs in linear time.
 */
export function scrubCredentials(text: string): string {
  return withoutMiddle(text)
    .replace(TOKENS, REDACTED)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(ASSIGNMENT, `$1$2$3${REDACTED}`);
}

function withoutMiddle(text: string): string {
  if (text.length <= SCRUB_MAX_CHARS) return text;
  const half = SCRUB_MAX_CHARS / 2;
  return `${text.slice(0, half)}\n[…]\n${text.slice(-half)}`;
}
