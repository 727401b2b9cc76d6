import { ApiParam, ApiProduces, ApiQuery } from '@nestjs/swagger';
import { TenantDto, TenantListDto } from '../../tenants/dto/tenant.dto.js';
import { TenantsController } from '../../tenants/tenants.controller.js';
import { ErasureDto, UserListDto, UserWithAgentsDto } from '../../users/dto/user.dto.js';
import { UsersController } from '../../users/users.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { pageQueries, textFilter } from '../record-operations.js';
import { ExportLineDto } from '../dto/export.dto.js';

export function describePeople(): void {
  describeUsers();
  describeTenants();
}

function describeUsers(): void {
  const id = (): MethodDecorator => ApiParam({ name: 'id', description: 'Id of the user.' });
  describe(UsersController, 'People', {
    list: {
      summary: 'List the users that were ever here',
      answer: UserListDto,
      also: [
        textFilter('tenant', 'Users of this tenant.'),
        textFilter('agent_id', 'UUID of an agent: those that talked to it.'),
        textFilter('q', 'A part of the id.'),
        ...pageQueries(['last_seen_at', 'first_seen_at', 'user_id']),
        ...errors(400),
      ],
    },
    find: {
      summary: 'Read a user, with the agents they talked to',
      answer: UserWithAgentsDto,
      also: [id(), ...errors(404)],
    },
    export: {
      summary: 'Read out everything of a user, one JSON object a line',
      description:
        'The first and the last line are `export`; without the last one it was cut off. Files of the user’s workspace are listed, not contained.',
      answer: ExportLineDto,
      also: [id(), ApiProduces('application/x-ndjson')],
    },
    erase: {
      summary: 'Erase a user: everything of theirs, everywhere',
      description:
        'Stops their runs, revokes their keys, removes their rows and files. The audit log keeps that it was done. There is no way back.',
      answer: ErasureDto,
      also: [
        id(),
        ApiQuery({
          name: 'agents',
          required: false,
          type: String,
          description:
            'What becomes of agents and skills that the user owns: `refuse` (the default: nothing is erased while there are some), `delete`, `transfer:<user id>`.',
        }),
        ...errors(400, 412, 503),
      ],
    },
  });
}

function describeTenants(): void {
  describe(TenantsController, 'People', {
    list: {
      summary: 'List the tenants, as the ids of their users name them',
      answer: TenantListDto,
      also: [
        textFilter('q', 'A part of the name.'),
        ...pageQueries(['last_seen_at', 'tenant', 'users']),
        ...errors(400),
      ],
    },
    find: {
      summary: 'Read a tenant',
      answer: TenantDto,
      also: [ApiParam({ name: 'tenant', description: 'Its name.' }), ...errors(404)],
    },
  });
}
