import type { IncomingHttpHeaders } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigService } from '#config';
import { PACKAGE_MAX_BYTES } from '#skills';
import { deploymentOf } from '#store';
import { AGENT_ROUTES, RequestGate } from './access/request-gate.js';
import { ApiDocument } from './docs/api-document.js';
import { RouteTable } from './errors/route-table.js';
import { AGENT_BODY_LIMIT_BYTES } from './http.limits.js';

/** Fields beside the file of a form: nobody reads them. */
const FORM_FIELDS_MAX = 10;

/**
 * Hooks, limits and documentation of the HTTP interface. Call it between creating the application (with
 * {@link createHttpAdapter}) and initialising it: hooks of Fastify see only routes that come after them.
 */
export function configureHttp(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = app.get(RouteTable);
  const gate = app.get(RequestGate);
  fastify.decorateRequest('caller', undefined);
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRoute', (route) => {
    routes.add(route.url, route.method);
    if (AGENT_ROUTES.has(route.url)) route.bodyLimit = AGENT_BODY_LIMIT_BYTES;
  });
  // Skills are uploaded in managed mode alone: a start without them does not load what reads forms.
  if (deploymentOf(app.get(ConfigService)).mode === 'managed') {
    const limits = {
      fileSize: PACKAGE_MAX_BYTES,
      files: 1,
      fields: FORM_FIELDS_MAX,
      parts: FORM_FIELDS_MAX + 1,
    };
    void fastify.register(import('@fastify/multipart'), { limits });
  }
  // Many clients name a type with every request; it says nothing of a body that is not there.
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if (hasNoBody(headers)) delete headers['content-type'];
    done();
  });
  fastify.addHook('onRequest', (request, reply) => gate.pass(request, reply));
  app.get(ApiDocument).describe(app);
}

function hasNoBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}
