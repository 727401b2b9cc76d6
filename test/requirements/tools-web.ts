import { landed, type Requirements } from './requirement.js';

const GUARD = 'src/net/network-guard.spec.ts';
const DIALLED = 'src/net/guarded-fetch.spec.ts';
const MARKED = 'src/net/external-content.spec.ts';
const FETCH = 'src/tools/web/web-fetch.tool.spec.ts';
const SEARCH = 'src/tools/web/web-search.tool.spec.ts';
const READER = 'src/tools/web/page-reader.spec.ts';
const IMAGE = 'src/tools/image/image.tool.spec.ts';
const IMAGES = 'src/providers/chain/images.spec.ts';
const WIRE = 'test/e2e/web-tools.spec.ts';

/** Tools: the web, pictures, and what models see of them. */
export const TOOLS_WEB: Requirements = {
  'R4-ssrf-corpus': landed(
    'the SSRF corpus: what is not on the public internet is not reached, however it is written or named',
    `${GUARD} › $url ($why) is stopped by the check of the $stoppedBy`,
    `${GUARD} › %s (%s) is stopped in a URL`,
    `${GUARD} › %s (%s) is stopped at the dial when a name has it`,
    `${GUARD} › %s (%s) is stopped beside a public one`,
    `${GUARD} › %s is stopped as a proxy is asked for it, without a parser of URLs before`,
    `${GUARD} › %s is reached, in a URL and by name`,
    `${GUARD} › are at least 120 with the addresses`,
  ),
  'R4-ssrf-dial': landed(
    'the address that is dialled is the one that was checked, also after redirects and when DNS changes its mind',
    `${DIALLED} › is refused by its address, also when nobody checked the URL before`,
    `${DIALLED} › is the address that was checked: a name that is public at first and loopback then is not reached`,
    `${DIALLED} › asks for the addresses of a connection once: there is no second answer to fall for`,
    `${DIALLED} › is refused after a redirect to %s`,
    `${FETCH} › after a redirect to %s`,
    `${WIRE} › reaches nothing beside the public internet and what an admin allows, by whatever name`,
  ),
  'R4-ssrf-allow': landed(
    'an admin opens what is private, and nothing more',
    `${GUARD} › %s opens %s, and not %s`,
    `${GUARD} › opens what a listed name resolves to, and the same address under no other name`,
    `${GUARD} › refuses %j with what an entry is`,
  ),
  'R4-web-fetch': landed(
    'web_fetch gives the article of a page, by Readability, as Markdown or text',
    `${FETCH} › reads the article of a page as Markdown, and says where it is from and that it is no instruction`,
    `${FETCH} › reads it as text, and a short page as it is`,
    `${FETCH} › reads %s`,
    `${FETCH} › reads a page in an encoding %s`,
    `${FETCH} › gives a long page in parts that make up the whole`,
    `${READER} › is told from what stands around it, with links that lead somewhere`,
    `${WIRE} › searches, and reads what was found`,
  ),
  'R4-web-marked': landed(
    'content of strangers is marked, and cannot end its mark',
    `${MARKED} › cannot end early by a marker with %s`,
    `${MARKED} › cannot begin anew, and keeps everything else as it was`,
    `${FETCH} › lets no page end its own mark`,
    `${SEARCH} › lets no result end its own mark`,
  ),
  'R4-web-search': landed(
    'web_search asks Brave, SearXNG at any address, and DuckDuckGo, one after the other',
    `${SEARCH} › lists what Brave finds, marked as what strangers wrote`,
    `${SEARCH} › reads SearXNG, at whatever address it is`,
    `${SEARCH} › reads the page of DuckDuckGo: real addresses, no advertisements`,
    `${SEARCH} › goes to the next engine when one fails, and says why when all did`,
    `${SEARCH} › says what an admin can set where no engine is configured`,
  ),
  'R4-web-cache': landed(
    'what was loaded and found is remembered, for the same agent of the same user alone; no cookies',
    `${FETCH} › a page for the same user of the same agent alone`,
    `${FETCH} › neither what failed nor what must not be kept`,
    `${FETCH} › no cookie, and sends none`,
    `${SEARCH} › remembers what was found, for the same user alone, however it is written`,
  ),
  'R4-web-hostile': landed(
    'endless, slow, packed, broken and hostile pages are bounded, and a failure is a sentence for the model',
    `${FETCH} › a body that never ends, and hangs up on it`,
    `${FETCH} › a small answer that unpacks to a gigabyte`,
    `${FETCH} › when it takes too long, however slowly it drips`,
    `${FETCH} › when %s`,
    `${FETCH} › ends with the run: the connection is closed`,
    `${READER} › %s ends, and the thread of everybody goes on`,
    `${READER} › are ended with the page that takes too long, and the next page gets another one`,
    `${SEARCH} › is told in a sentence when an engine sends %s`,
    `${SEARCH} › leaves an engine that does not answer, for the next`,
  ),
  'R4-web-fair': landed(
    'no user has the web to itself',
    `${FETCH} › how many pages one user loads at once, while another one is served`,
    `${READER} › are had by no user alone: another one is served at once`,
    `${READER} › give up with the call, and take no more than may wait`,
    `${GUARD} › does not keep files and other names waiting for one that nobody answers for, and gives up`,
  ),
  'R4-image': landed(
    'image makes a picture by an OpenAI-compatible endpoint: a file of the workspace, shown where the model sees',
    `${IMAGE} › makes a picture, saves it as a file of the workspace, and shows it`,
    `${IMAGE} › loads a picture of which the endpoint tells the address, from where tools may go alone`,
    `${IMAGE} › reads the answer of %s`,
    `${IMAGE} › names no size where none is wanted: not every endpoint knows a word for that`,
    `${IMAGE} › is told in a sentence when the endpoint sends %s`,
    `${IMAGE} › saves nothing in %s`,
    `${IMAGE} › is offered where there is who makes pictures, and says what is missing where not`,
    `${WIRE} › makes a picture: a file of its workspace, shown to its model`,
  ),
  'R4-vision': landed(
    'pictures of users and tools reach models that see, on both formats; others are told of them',
    `${IMAGES} › are shown to one that sees, those of earlier turns too`,
    `${IMAGES} › are noted to one that does not, at once`,
    `${IMAGES} › are noted to one that refuses them, which is not shown any more`,
    `${IMAGES} › are left out once when one that sees refuses them, and shown again then`,
    'src/providers/openai/openai.provider.spec.ts › describe the images of tool results to Mistral, which takes no message behind them',
  ),
};
