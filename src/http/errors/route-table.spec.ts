import { describe, expect, it } from 'vitest';
import { RouteTable } from './route-table.js';

describe('the table of routes', () => {
  const routes = new RouteTable();
  routes.add('/v1/items', 'POST');
  routes.add('/v1/items', ['GET', 'HEAD']);
  routes.add('/v1/items/:id', 'GET');

  it('knows the methods of a path, also with parameters and a query', () => {
    expect(routes.methodsOf('/v1/items')).toEqual(['GET', 'HEAD', 'POST']);
    expect(routes.methodsOf('/v1/items/7?x=1')).toEqual(['GET']);
  });

  it('knows none of a path that does not exist', () => {
    expect(routes.methodsOf('/v1')).toEqual([]);
    expect(routes.methodsOf('/v1/items/')).toEqual([]);
    expect(routes.methodsOf('/v1/items/7/parts')).toEqual([]);
  });
});
