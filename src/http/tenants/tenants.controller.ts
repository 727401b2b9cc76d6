import { Controller, Get, Param, Query } from '@nestjs/common';
import { Access } from '#permissions';
import { PeopleStore } from '#store';
import { HttpError } from '../http.errors.js';
import { textQuery } from '../input/query.js';
import { knownFields } from '../rest/known-fields.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';

type Query = Readonly<Record<string, unknown>>;

/** Tenants, as the ids of their users name them: nobody creates one. */
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly people: PeopleStore) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Query): Promise<object> {
    const page = await this.people.tenants(textQuery('q', query['q']), pageQuery(query));
    return pageAnswer('tenants', { ...page, items: page.items.map(knownFields) });
  }

  @Get(':tenant')
  @Access('admin', { mode: 'managed' })
  async find(@Param('tenant') name: string): Promise<object> {
    const tenant = await this.people.tenant(name);
    if (tenant) return knownFields(tenant);
    throw new HttpError('tenant-not-found', `No user of a tenant ${name} was ever here.`, {
      param: 'tenant',
    });
  }
}
