import type { Type } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { PAGE_MAX } from '#store';
import { errors } from './describe-errors.js';
import type { Operation } from './describe-operation.js';

/** What is said of the routes of one kind of records. */
export interface RecordDocs {
  /** `a provider`. */
  readonly one: string;
  /** `the providers`. */
  readonly all: string;
  readonly answer: Type;
  readonly list: Type;
  readonly change: Type;
  readonly input: Type;
  /** The input with every field optional. */
  readonly changes: Type;
  readonly sorts: readonly string[];
  readonly filters?: readonly MethodDecorator[];
  readonly examples: Readonly<Record<string, object>>;
  /** What is changed of one, for example. */
  readonly changeExamples: Readonly<Record<string, object>>;
  readonly description?: string;
}

type RecordRoute = 'list' | 'create' | 'find' | 'replace' | 'update' | 'remove';

/** The six routes that every kind of records has, by the names of the controller's methods. */
export function recordOperations(docs: RecordDocs): Record<RecordRoute, Operation> {
  const { one, all, answer, list, change, input, changes, sorts, filters = [], description } = docs;
  const id = idParam(one);
  const changing = [
    id,
    ifMatchHeader(),
    ApiBody({ type: changes, examples: examplesOf(docs.changeExamples) }),
    ...errors(400, 404, 409, 412),
  ];
  return {
    list: {
      summary: `List ${all}`,
      ...(description !== undefined && { description }),
      answer: list,
      answerDescription: 'A page of them; `next` leads to the next one.',
      also: [...filters, ...pageQueries(sorts), ...errors(400)],
    },
    create: {
      summary: `Create ${one}`,
      answer,
      status: 201,
      also: [ApiBody({ type: input, examples: examplesOf(docs.examples) }), ...errors(400, 409)],
    },
    find: { summary: `Read ${one}`, answer, also: [id, ...errors(404)] },
    replace: {
      summary: `Change ${one}`,
      answerDescription: 'As it is now.',
      description: 'The same as PATCH: what is not given stays.',
      answer: change,
      also: changing,
    },
    update: {
      summary: `Change ${one}: what is given`,
      answer: change,
      answerDescription: 'As it is now.',
      also: changing,
    },
    remove: {
      summary: `Delete ${one}`,
      answer: change,
      answerDescription: 'As it was.',
      also: [id, ifMatchHeader(), ...errors(404, 412)],
    },
  };
}

export function idParam(one: string, name = 'id'): MethodDecorator {
  return ApiParam({ name, description: `UUID of ${one}.`, schema: { type: 'string', format: 'uuid' } });
}

export function ifMatchHeader(): MethodDecorator {
  return ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that was read: 412 when somebody else has changed it since.',
  });
}

/** How a list is paged and sorted. */
export function pageQueries(sorts: readonly string[]): MethodDecorator[] {
  const names = sorts.flatMap((name) => [name, `-${name}`]);
  return [
    ApiQuery({
      name: 'limit',
      required: false,
      description: 'How many on a page.',
      schema: { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: 50 },
    }),
    ApiQuery({ name: 'sort', required: false, enum: names, description: 'With a hyphen: descending.' }),
    ApiQuery({ name: 'after', required: false, type: String, description: '`next` of the page before.' }),
    ApiQuery({ name: 'total', required: false, type: Boolean, description: '`false` saves the counting.' }),
  ];
}

export function flagFilter(name: string, description: string): MethodDecorator {
  return ApiQuery({ name, required: false, type: Boolean, description });
}

export function textFilter(name: string, description: string): MethodDecorator {
  return ApiQuery({ name, required: false, type: String, description });
}

export function examplesOf(examples: Readonly<Record<string, object>>): Record<string, { value: object }> {
  return Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
}
