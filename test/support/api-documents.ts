import type { RunningGateway } from './gateway/index.js';

/** A route of the HTTP interface, as its document has it. */
export interface DocumentedRoute {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: readonly string[];
}

/** A method of the socket, as its document has it. */
export interface DocumentedCall {
  readonly name: string;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
}

/** Every route that the gateway documents. */
export async function documentedRoutes({ url }: Pick<RunningGateway, 'url'>): Promise<DocumentedRoute[]> {
  const { paths } = (await read(`${url}/docs/openapi.json`)) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({
      method: method.toUpperCase(),
      path,
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    })),
  );
}

/** Every method that the gateway documents. */
export async function documentedCalls({ url }: Pick<RunningGateway, 'url'>): Promise<DocumentedCall[]> {
  const { components } = (await read(`${url}/docs/ws/asyncapi.json`)) as AsyncApi;
  return Object.entries(components.messages).flatMap(([name, { payload }]) => {
    if (!name.endsWith('.request')) return [];
    const { params } = payload.properties;
    const resolved = params?.$ref ? components.schemas[params.$ref.split('/').at(-1) ?? ''] : params;
    return [{ name: name.replace(/\.request$/, ''), parameters: Object.keys(resolved?.properties ?? {}) }];
  });
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, unknown>;
}

interface AsyncApi {
  readonly components: {
    readonly messages: Record<string, { readonly payload: { readonly properties: { params?: Schema } } }>;
    readonly schemas: Record<string, Schema>;
  };
}

async function read(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered ${response.status}.`);
  return response.json();
}
