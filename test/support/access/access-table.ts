import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { ACCESS_RULE, type AccessRule } from '../../../src/permissions/access.decorator.js';
import { GatewayModule } from '../../../src/gateway/gateway.module.js';
import { RPC_METHOD, type RpcMethodMetadata } from '../../../src/gateway/rpc-method.decorator.js';
import { HttpModule } from '../../../src/http/http.module.js';

/** One thing that can be asked, and who may. Without a rule nobody may. */
export interface AccessRow {
  readonly kind: 'method' | 'route';
  /** `chat.send`, or `GET /v1/traces/:id`. */
  readonly name: string;
  readonly rule: AccessRule | undefined;
}

type Handler = (...args: never[]) => unknown;

/** Every method and every route of the program, read from the program. */
export function accessTable(): readonly AccessRow[] {
  const rows = [GatewayModule, HttpModule]
    .flatMap((module) => [...classesOf(module, new Set())])
    .flatMap((type) => handlersOf(type).flatMap((handler) => rowsOf(type, handler)));
  const byName = new Map(rows.map((row) => [`${row.kind} ${row.name}`, row]));
  return [...byName.values()].toSorted(
    (one, other) => one.kind.localeCompare(other.kind) || keyOf(one).localeCompare(keyOf(other)),
  );
}

/** Routes of one resource stand together. */
function keyOf({ name }: AccessRow): string {
  const [verb = '', path = ''] = name.split(' ');
  return `${path} ${verb}`;
}

/** Controllers and providers of a module and of all that it imports. */
function* classesOf(module: unknown, seen: Set<unknown>): Generator<Type> {
  if (seen.has(module) || typeof module !== 'function') return;
  seen.add(module);
  for (const part of ['controllers', 'providers', 'imports']) {
    const listed = (Reflect.getMetadata(part, module) ?? []) as unknown[];
    for (const one of listed) {
      if (part === 'imports') yield* classesOf(one, seen);
      else if (typeof one === 'function') yield one as Type;
    }
  }
}

function handlersOf({ prototype }: Type): Handler[] {
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor')
    .map((name): unknown => Object.getOwnPropertyDescriptor(prototype, name)?.value)
    .filter((value): value is Handler => typeof value === 'function');
}

function rowsOf(type: Type, handler: Handler): AccessRow[] {
  const rule = Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined;
  const method = Reflect.getMetadata(RPC_METHOD, handler) as RpcMethodMetadata | undefined;
  if (method) return [{ kind: 'method', name: method.name, rule }];
  const verb = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
  if (verb === undefined) return [];
  const bases = [Reflect.getMetadata('path', type) as string | string[]].flat();
  const paths = [Reflect.getMetadata('path', handler) as string | string[]].flat();
  return bases.flatMap((base) =>
    paths.map((path) => ({
      kind: 'route' as const,
      name: `${RequestMethod[verb]} ${joined(base, path)}`,
      rule,
    })),
  );
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}
