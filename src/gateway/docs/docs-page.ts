import { PROTOCOL_VERSION } from '#protocol';
import type { DocumentedMethod } from './async-api.js';
import protocol from './protocol.schema.json' with { type: 'json' };
import { shapeText } from './shape-text.js';

interface Shape {
  readonly description?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly payload?: unknown;
}

const METHODS = protocol.methods as Readonly<Record<string, Shape>>;
const EVENTS = protocol.events as Readonly<Record<string, Shape>>;

/** The page needs no script: it is the document, folded. */
export const SOCKET_DOCS_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The protocol of the socket for people. */
export function docsPage(methods: readonly DocumentedMethod[]): string {
  const groups = [...Map.groupBy(methods, ({ name }) => name.split('.')[0] ?? name)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>GoClaw WebSocket protocol</title>
<style>${STYLE}</style>
</head>
<body>
<nav>
<h1>GoClaw</h1>
<p>WebSocket protocol v${PROTOCOL_VERSION}</p>
<p><a href="ws/asyncapi.json">AsyncAPI document</a><br><a href="../docs">HTTP API</a></p>
${groups.map(([group]) => `<a href="#${text(group)}">${text(group)}</a>`).join('\n')}
<a href="#event frames">event frames</a>
<a href="#schemas">schemas</a>
</nav>
<main>
<p>JSON text frames over one socket at <code>/ws</code>. The first request is <code>connect</code>; it says who the
socket is. Every request has exactly one response with its id; events come in between, numbered by <code>seq</code>
without gaps.</p>
<pre>→ {"type":"req","id":1,"method":"connect","params":{"token":"…","user_id":"ann"}}
← {"type":"res","id":1,"ok":true,"payload":{"protocol":3,"role":"admin","user_id":"ann",…}}
→ {"type":"req","id":2,"method":"chat.send","params":{"message":"Hello","stream":true}}
← {"type":"event","event":"agent","seq":1,"payload":{"type":"chunk","runId":"…","payload":{"content":"Hi"},…}}
← {"type":"res","id":2,"ok":true,"payload":{"status":"completed","content":"Hi!",…}}
← {"type":"res","id":3,"ok":false,"error":{"code":"NOT_FOUND","message":"…","retryable":false}}</pre>
${groups.map(([group, members]) => section(group, members.map(methodEntry))).join('\n')}
${section('event frames', Object.keys(EVENTS).map(eventEntry))}
${section('schemas', Object.entries(protocol.schemas).map(schemaEntry))}
</main>
</body>
</html>
`;
}

function section(id: string, entries: readonly string[]): string {
  return `<section id="${text(id)}"><h2>${text(id)}</h2>${entries.join('\n')}</section>`;
}

function methodEntry({ name, rule }: DocumentedMethod): string {
  const { description, params, result } = METHODS[name] ?? {};
  const access = [
    rule.role === 'none' ? 'open to all' : rule.role,
    rule.scope,
    rule.mode && `${rule.mode} mode`,
  ];
  return entry(name, access.filter(Boolean).join(' · '), description, [
    ['Parameters', params],
    ['Result', result],
  ]);
}

function eventEntry(name: string): string {
  const { description, payload } = EVENTS[name] ?? {};
  return entry(name, 'event', description, [['Payload', payload]]);
}

function schemaEntry([name, schema]: [string, unknown]): string {
  return entry(name, '', undefined, [['', schema]]);
}

function entry(
  name: string,
  badge: string,
  description: string | undefined,
  shapes: readonly (readonly [string, unknown])[],
): string {
  const parts = shapes.map(([title, schema]) => {
    const heading = title === '' ? '' : `<h3>${title}</h3>`;
    return `${heading}<pre>${schema === undefined ? '–' : linked(text(shapeText(schema)))}</pre>`;
  });
  const about = description === undefined ? '' : prose(description);
  return `<details id="${text(name)}"><summary><code>${text(name)}</code><p>${about}</p><span>${text(badge)}</span></summary>${parts.join('')}</details>`;
}

/** Names of schemas lead to them. */
function linked(shape: string): string {
  return shape.replace(/\b[A-Z]\w+\b/g, (name) =>
    Object.hasOwn(protocol.schemas, name) ? `<a href="#${name}">${name}</a>` : name,
  );
}

/** With what stands between backticks as code. */
function prose(value: string): string {
  return text(value).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#ddd,#333);--soft:light-dark(#f6f6f7,#1b1c1f);--mute:light-dark(#666,#999)}
*{box-sizing:border-box}
body{margin:0;display:grid;grid-template-columns:14rem minmax(0,1fr);font:15px/1.5 system-ui,sans-serif}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;border-right:1px solid var(--line)}
nav h1{margin:0;font-size:1.2rem}nav p{margin:.2rem 0 1rem;color:var(--mute)}nav>a{display:block;padding:.1rem 0}
a{color:light-dark(#0b5cad,#7ab7ff);text-decoration:none}
main{padding:1.5rem 2.5rem 6rem;max-width:62rem}
h2{margin:2rem 0 .5rem;font-size:1.1rem;text-transform:capitalize}h3{margin:.6rem 0 .2rem;font-size:.85rem;color:var(--mute)}
pre{margin:0;padding:.7rem .9rem;overflow:auto;background:var(--soft);border-radius:6px;font-size:13px}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:0 .9rem}
details[open]{padding-bottom:.9rem}
summary{display:grid;grid-template-columns:14rem 1fr auto;gap:1rem;align-items:baseline;padding:.5rem 0;cursor:pointer}
summary p{margin:0;font-size:.9rem}summary span{color:var(--mute);font-size:.85rem}
details:target{border-color:currentcolor}
code{font-size:14px}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}}
`;
