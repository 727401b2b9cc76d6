import { BrowserError } from '../browser.errors.js';
import { TOO_LARGE } from '../chromium/cdp-pipe.js';
import { oneLine } from '../session/notes.js';

const REASON_MAX_CHARS = 400;
/** The library colours its log for terminals. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const DOWNLOAD = 'Download is starting';
const DOWNLOAD_REMEDY =
  'The address is a download, and the browser takes none. web_fetch reads files that are text.';
const CALL_NAME = /^[a-z]+\.[a-zA-Z]+: /;
const ENDED =
  /(Target|Page|Browser|Context|page|context|browser)[^.]{0,60} (has been closed|was closed|crashed)|Target crashed/;
const NETWORK_ERROR = /net::(ERR_[A-Z0-9_]+)/;

/** What the network errors mean that a model can do something about. */
const NETWORK_REMEDIES: Readonly<Record<string, string>> = {
  ERR_TUNNEL_CONNECTION_FAILED: 'The site cannot be reached, or tools may not reach it.',
  ERR_NAME_NOT_RESOLVED: 'The host was not found; check the address.',
  ERR_CERT_AUTHORITY_INVALID: 'The certificate of the site is not trusted.',
  ERR_CERT_DATE_INVALID: 'The certificate of the site is out of date.',
  ERR_TOO_MANY_REDIRECTS: 'The site redirects in a circle.',
  ERR_UNSAFE_PORT: 'Browsers do not open this port.',
  ERR_UNSAFE_REDIRECT: 'The site redirects to an address that pages may not open.',
  ERR_ABORTED: 'It was given up: the page went elsewhere at once, or the address is a download.',
  ERR_INVALID_ARGUMENT: 'The address is not valid.',
};

/** What went wrong on a page, in words for the model. */
export function explainFailure(error: unknown, timeoutMs: number): BrowserError {
  if (error instanceof BrowserError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'TimeoutError')
    return new BrowserError(
      'timeout',
      `It was not done within ${timeoutMs / 1_000} s. Take a snapshot to see how the page is.`,
      error,
    );
  const network = NETWORK_ERROR.exec(text)?.[1];
  if (network !== undefined)
    return new BrowserError(
      'failed',
      `The page could not be opened (${network}). ${NETWORK_REMEDIES[network] ?? ''}`.trim(),
      error,
    );
  if (text.includes(DOWNLOAD)) return new BrowserError('failed', DOWNLOAD_REMEDY, error);
  if (ENDED.test(text))
    return new BrowserError(
      'ended',
      'The page or the browser ended meanwhile. Open the page again; the browser starts by itself.',
      error,
    );
  if (text.includes(TOO_LARGE))
    return new BrowserError(
      'failed',
      'The page has too much to be read at once. Ask for less: evaluate, or a snapshot with depth.',
      error,
    );
  return new BrowserError('failed', `That did not work: ${firstLine(text)}`, error);
}

function firstLine(text: string): string {
  const plain = text.replaceAll(COLOURS, '').split('\nCall log:')[0] ?? '';
  return oneLine(plain.replace(CALL_NAME, ''), REASON_MAX_CHARS);
}
