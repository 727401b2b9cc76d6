import { landed, type Requirements } from './requirement.js';

/** What people and generators read of the two interfaces, and what holds tenants and secrets apart over all of it. */
export const MANAGED_DOCUMENTS: Requirements = {
  'R3-openapi': landed(
    'the OpenAPI document is made of the code’s own types and passes a linter; every route has its group',
    'test/e2e/openapi.spec.ts › passes Redocly’s recommended rules without a finding',
    'test/e2e/openapi.spec.ts › puts every route into a group that says what it is for',
  ),
  'R3-generated-client': landed(
    'a generator of others makes a client of it that compiles strictly and works',
    'test/e2e/generated-client.spec.ts › compiles strictly, and administers and asks the gateway',
  ),
  'R3-swagger-session': landed(
    'an admin does the whole work in Swagger UI, in a real browser',
    'test/e2e/swagger-session.spec.ts › authorises, creates a provider and an agent, runs it and reads its trace',
  ),
  'R3-asyncapi': landed(
    'the socket has an AsyncAPI document made of the protocol’s types, and a page for people at /docs/ws',
    'test/e2e/asyncapi.spec.ts › is valid',
    'test/e2e/asyncapi.spec.ts › describes frames as they are',
    'test/e2e/asyncapi.spec.ts › names the role that each method needs',
    'test/e2e/asyncapi.spec.ts › is a page for people, which needs no script',
    'test/architecture/protocol-schema.spec.ts › is the one of its types (npm run docs:protocol)',
    'test/architecture/protocol-schema.spec.ts › says what every method does',
  ),
  'R3-isolation': landed(
    'two tenants that drive every feature at once, and a stranger who asks for everything, see nothing of each other',
    'test/security/isolation.spec.ts › share nothing, whatever they do at once and whatever the stranger asks for',
  ),
  'R3-canaries': landed(
    'known secrets are found in no answer, event, log line, trace, file or table',
    'test/security/canaries.spec.ts › are found nowhere in clear after everything was used',
  ),
};
