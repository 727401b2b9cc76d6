import type { Type } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

/** What is told of one route beyond its own types. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** The class whose shape the answer has. */
  readonly answer: Type;
  readonly answerDescription?: string;
  /** Default: 200. */
  readonly status?: number;
  readonly also?: readonly MethodDecorator[];
}

/** What an answer is said to be where nothing better is said. */
const DONE: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created' };

/**
 * Adds the documentation of a controller's routes, by the names of their methods. It is not written as decorators on
 * the controller, because that would load the documentation's packages at every start.
 */
export function describe(
  controller: Type,
  tag: string,
  operations: Readonly<Record<string, Operation>>,
): void {
  ApiTags(tag)(controller);
  for (const [method, operation] of Object.entries(operations)) {
    const { summary, description, answer, answerDescription, status = 200, also = [] } = operation;
    const decorators = [
      ApiOperation({ summary, ...(description !== undefined && { description }) }),
      ApiResponse({ status, type: answer, description: answerDescription ?? DONE[status] ?? '' }),
      ...also,
    ];
    decorate(controller, method, decorators);
  }
}

/** @throws TypeError when the controller has no such method: the documentation would be of something else. */
export function decorate(controller: Type, method: string, decorators: readonly MethodDecorator[]): void {
  const prototype = controller.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (!descriptor) throw new TypeError(`${controller.name} has no method ${method} to document.`);
  for (const add of decorators) add(prototype, method, descriptor);
}
