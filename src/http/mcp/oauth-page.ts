/** Forms may be sent to the gateway itself, and nothing else may happen. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

/** The gateway must see that the form is its own. */
export const PAGE_HEADERS = { 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' } as const;

/** Asks the one in front of the browser whether it is he who signs in: anybody can send others an address. */
export function confirmPage(server: string, userId: string, action: string): string {
  return page(
    'Connect your account?',
    `<p>The MCP server <b>${escaped(server)}</b> is about to be connected for the user <b>${escaped(userId)}</b>.
     Agents that this user talks to will act there in your name.</p>
     <p>Go on only if this is your user and you began this yourself.</p>
     <form method="post" action="${escaped(action)}"><button>Connect</button></form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escaped(text)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 system-ui;max-width:34em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.4em 1.2em}</style>
</head><body><h1>${escaped(title)}</h1>${body}</body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
