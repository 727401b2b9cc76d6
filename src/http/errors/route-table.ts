import { Injectable } from '@nestjs/common';

interface Route {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/** The routes that exist, to tell a wrong method from an unknown path. */
@Injectable()
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  add(path: string, methods: string | readonly string[]): void {
    const route = this.routes.get(path) ?? { segments: segmentsOf(path), methods: new Set() };
    this.routes.set(path, route);
    for (const method of [methods].flat()) route.methods.add(method);
  }

  /** Methods that the path of this URL answers to, in alphabetical order; none for an unknown path. */
  methodsOf(url: string): readonly string[] {
    const segments = segmentsOf(url.split('?', 1)[0] ?? '');
    const methods = new Set<string>();
    for (const route of this.routes.values()) {
      if (matches(route.segments, segments)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].toSorted();
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}
