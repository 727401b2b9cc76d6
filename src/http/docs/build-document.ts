import type { INestApplication, Type } from '@nestjs/common';
import { ApiSecurity, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { VERSION } from '#kernel';
import { AccessPolicy, type AccessRule, type Ownership } from '#permissions';
import { ChatCompletionsController } from '../chat-completions/chat-completions.controller.js';
import { ModelsController } from '../models/models.controller.js';
import { ResponsesController } from '../responses/responses.controller.js';
import { error, errors, openAiError } from './describe-errors.js';
import { decorate } from './describe-operation.js';
import { describeRoutes, DOCUMENTED } from './describe-routes.js';
import { TAGS } from './tags.js';

/** Routes of the documentation itself are not part of it. */
const HIDDEN_PATHS = /^\/docs(\/|$)/;

const USER_HEADER = 'X-GoClaw-User-Id';
const IDENTITY_HEADER = 'X-GoClaw-Identity';

/** Reads the document from the code's own types, access rules and comments. */
export function buildDocument(application: INestApplication): OpenAPIObject {
  const policy = application.get(AccessPolicy);
  describeRoutes();
  for (const controller of DOCUMENTED) describeAccess(controller, policy);
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('GoClaw')
    .setDescription(
      'LLM agents behind an OpenAI-compatible interface, and their administration. ' +
        'The socket has [a page of its own](docs/ws).\n\n' +
        'Press **Authorize** first: `bearer` is the gateway token or an API key, `user` is whose data is meant, in managed mode.',
    )
    .setVersion(VERSION)
    // Relative to the document: also right behind a proxy that adds a prefix.
    .addServer('..', 'This gateway')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key, or the gateway token.' })
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: USER_HEADER,
        description:
          'Whose data is meant, in managed mode; not needed with an API key that is bound to a user.',
      },
      'user',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: IDENTITY_HEADER,
        description: 'A JWT that says whose data is meant, where gateway.identity is set.',
      },
      'identity',
    )
    .build();
  const document = SwaggerModule.createDocument(application, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const shown = Object.entries(document.paths).filter(([path]) => !HIDDEN_PATHS.test(path));
  const license = { name: 'MIT', identifier: 'MIT' };
  const tags = Object.entries(TAGS).map(([name, description]) => ({ name, description }));
  return { ...document, info: { ...document.info, license }, tags, paths: Object.fromEntries(shown) };
}

/** The access rule of each route is its documentation, too. */
function describeAccess(controller: Type, policy: AccessPolicy): void {
  const prototype = controller.prototype as object;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const handler: unknown = Reflect.get(prototype, method);
    if (method === 'constructor' || typeof handler !== 'function') continue;
    const rule = policy.ruleOf(handler as (...args: never[]) => unknown);
    if (rule?.role === 'none') decorate(controller, method, [ApiSecurity({}), ...errors(400)]);
    if (!rule || rule.role === 'none') continue;
    decorate(controller, method, [
      ApiSecurity({ bearer: [], user: [] }),
      ApiSecurity({ bearer: [] }),
      ApiSecurity({ bearer: [], identity: [] }),
      ...refusals(controller, rule),
    ]);
  }
}

function refusals(controller: Type, { role, scope, ownership }: AccessRule): MethodDecorator[] {
  const refusal = OPENAI_CONTROLLERS.has(controller) ? openAiError : error;
  const needed = [`the role ${role}`, ...(scope ? [`the scope ${scope}`] : [])].join(' and ');
  const whose = ownership === undefined ? '' : ` ${OWNERSHIP_TEXTS[ownership]}`;
  return [refusal(401), refusal(403, `Needs ${needed}.${whose}`)];
}

const OPENAI_CONTROLLERS: ReadonlySet<Type> = new Set<Type>([
  ChatCompletionsController,
  ResponsesController,
  ModelsController,
]);

const OWNERSHIP_TEXTS: Readonly<Record<Ownership, string>> = {
  own: 'Only what is the caller’s own is found; an admin may reach that of others.',
  'agent-use': 'Only agents that the caller may use are found.',
  'agent-edit': 'Only for agents that the caller owns or edits; an admin may change all.',
};
