import { landed, type Requirements } from './requirement.js';

const TOOL = 'src/browser/browser.tool.spec.ts';
const WALLS = 'src/browser/browser-walls.spec.ts';
const BAD = 'src/browser/browser-misfortune.spec.ts';
const WIRE = 'test/e2e/browser.spec.ts';

/** Tools: web pages in a browser. */
export const TOOLS_BROWSER: Requirements = {
  'R4-browser-cdp': landed(
    'playwright-core with the system’s Chromium over CDP',
    `${WIRE} › lets an agent open, read, use and see a page, with a model of %s`,
    `${TOOL} › starts by itself, opens a page and says what came of it`,
    `${WIRE} › has a doctor who tries the browser`,
  ),
  'R4-browser-snapshot': landed(
    'snapshot with refs, act on them, console, tabs',
    `${TOOL} › shows a page as text with refs for what can be used, also in frames`,
    `${TOOL} › shows less when less is asked for`,
    `${TOOL} › types, submits, clicks, presses, hovers and chooses by ref`,
    `${TOOL} › evaluates expressions, functions and statements, with an element where a ref is given`,
    `${TOOL} › waits for text, its end, an address, a time, and for the page to be quiet`,
    `${TOOL} › reads the console once, with errors of the page`,
    `${TOOL} › keeps pages apart by targetId, popups among them, and closes them`,
    `${WALLS} › act on what a snapshot showed and nothing else after the page changed`,
  ),
  'R4-browser-screenshot': landed(
    'a screenshot is returned as an image to models that see',
    `${WIRE} › lets an agent open, read, use and see a page, with a model of %s`,
    `${TOOL} › returns a screenshot as a picture, of a whole page as far as a picture can hold it`,
  ),
  'R4-browser-contexts': landed(
    'contexts by session: no user, agent or conversation sees another’s pages, cookies or storage',
    `${WALLS} › keep users, agents and conversations apart`,
    `${WIRE} › lets the user drive the pages of his conversation, and nobody else`,
    `${WIRE} › closes the pages of a conversation that begins anew`,
    `${BAD} › ends the pages of a conversation with it, and those of a run that is not stored with the run`,
  ),
  'R4-browser-ssrf': landed(
    'D27 on every request that a page makes',
    `${WALLS} › let no page reach a private address by %s`,
    `${WALLS} › let nobody open %s`,
    `${WALLS} › follow no redirect to a private address, and say why`,
    `${WALLS} › tell which parts of a page were refused`,
    `${WALLS} › let no script of a page open %s`,
    `${WALLS} › are tried in ways that do reach what may be reached`,
  ),
  'R4-browser-rpc': landed(
    'browser.* over the socket, on the caller’s own conversations',
    `${WIRE} › lets the user drive the pages of his conversation, and nobody else`,
    `${WIRE} › reaches no private address over the socket, and opens what may be reached`,
    `${WIRE} › withholds the tool where it is switched off, and says how to switch it on`,
  ),
  'R4-browser-bad-luck': landed(
    'Chromium killed, pages that hang, flood, multiply or eat memory: a result for the model, never the end of the run',
    `${WIRE} › goes on when the browser is killed: the call fails, the run does not`,
    `${BAD} › starts anew after it was killed, and fails the call that was under way`,
    `${BAD} › closes a page whose script never ends, and goes on with others`,
    `${BAD} › ends at once when its run is aborted`,
    `${BAD} › gives up on a site that never finishes: %s`,
    `${BAD} › stays usable and small whatever a page does: %s`,
    `${BAD} › opens no more pages than it may, whoever asks`,
    `${BAD} › ends a page that takes more memory than there is for pages`,
    `${BAD} › lets nobody queue without end`,
    `${BAD} › says what is missing where there is no browser, or it is switched off`,
  ),
  'R4-browser-ends': landed(
    'the browser ends with the gateway, however that ends, and leaves nothing',
    `${BAD} › leaves no process and no file behind`,
    `${WIRE} › takes the browser along when it is killed`,
    `${WALLS} › give the browser nothing of the environment of the gateway`,
  ),
};
