import { ApiBody, ApiConsumes, ApiParam, ApiQuery } from '@nestjs/swagger';
import {
  SkillAgentGrantChangeDto,
  SkillAgentGrantInputDto,
  SkillChangeDto,
  SkillDto,
  SkillGrantsDto,
  SkillInputDto,
  SkillListDto,
  SkillUserGrantChangeDto,
  SkillUserGrantInputDto,
} from '../../skills/dto/skill.dto.js';
import { SkillGrantsController } from '../../skills/skill-grants.controller.js';
import { SkillsController } from '../../skills/skills.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, ifMatchHeader, pageQueries } from '../record-operations.js';

const SKILL = ApiParam({
  name: 'id',
  description: 'Slug, UUID or name of a skill.',
  schema: { type: 'string' },
});
const AGENT = ApiParam({
  name: 'agentID',
  description: 'UUID of the agent.',
  schema: { type: 'string', format: 'uuid' },
});
const USER = ApiParam({ name: 'userID', description: 'The user.', schema: { type: 'string' } });

const PACKAGE = {
  schema: {
    type: 'object',
    required: ['file'],
    properties: {
      file: { type: 'string', format: 'binary', description: 'A ZIP archive of at most 20 MiB.' },
    },
  },
};

export function describeSkills(): void {
  const change = [
    SKILL,
    ifMatchHeader(),
    ApiBody({
      type: SkillInputDto,
      examples: examplesOf({ 'for everybody': { visibility: 'public' }, tags: { tags: ['reports'] } }),
    }),
    ...errors(400, 403, 404, 412),
  ];
  describe(SkillsController, 'Skills', {
    list: {
      summary: 'List the skills that the caller may see',
      answer: SkillListDto,
      also: [
        ApiQuery({
          name: 'status',
          required: false,
          enum: ['active', 'archived'],
          description: 'In use, or out of it.',
        }),
        ApiQuery({
          name: 'visibility',
          required: false,
          enum: ['private', 'internal', 'public'],
          description: 'Who sees them: owner, whom it was given to, everybody.',
        }),
        ...pageQueries(['name', 'slug', 'created_at', 'updated_at']),
        ...errors(400),
      ],
    },
    upload: {
      summary: 'Upload a skill, or the next version of one',
      description:
        'The archive has a SKILL.md at its root, which begins with `---`, `name: …`, `description: …`, `---`. A `slug` may be set there; absent: made of the name. Of an existing slug the version is raised.',
      answer: SkillDto,
      status: 201,
      also: [ApiConsumes('multipart/form-data'), ApiBody(PACKAGE), ...errors(400, 409, 413, 429)],
    },
    find: { summary: 'Read a skill', answer: SkillDto, also: [SKILL, ...errors(404)] },
    replace: {
      summary: 'Change a skill',
      description: 'The same as PATCH: what is not given stays.',
      answer: SkillChangeDto,
      also: change,
    },
    update: { summary: 'Change a skill: what is given', answer: SkillChangeDto, also: change },
    remove: {
      summary: 'Archive a skill',
      description: 'It is out of use and its slug is free; its files stay.',
      answer: SkillChangeDto,
      also: [SKILL, ifMatchHeader(), ...errors(403, 404, 412)],
    },
  });
  describeGrants();
}

function describeGrants(): void {
  const agent = { 'the present version': { agent_id: '0198c0de-0000-7000-8000-000000000001' } };
  const user = { 'a user': { user_id: 'ann' } };
  describe(SkillGrantsController, 'Skills', {
    list: {
      summary: 'List to whom a skill was given',
      answer: SkillGrantsDto,
      also: [SKILL, ...errors(403, 404)],
    },
    grantAgent: {
      summary: 'Give a skill to an agent, or another version of it',
      answer: SkillAgentGrantChangeDto,
      status: 201,
      also: [
        SKILL,
        ApiBody({ type: SkillAgentGrantInputDto, examples: examplesOf(agent) }),
        ...errors(400, 403, 404),
      ],
    },
    revokeAgent: {
      summary: 'Take a skill from an agent',
      answer: SkillAgentGrantChangeDto,
      also: [SKILL, AGENT, ...errors(403, 404)],
    },
    grantUser: {
      summary: 'Give a skill to a user',
      answer: SkillUserGrantChangeDto,
      status: 201,
      also: [
        SKILL,
        ApiBody({ type: SkillUserGrantInputDto, examples: examplesOf(user) }),
        ...errors(400, 403, 404),
      ],
    },
    revokeUser: {
      summary: 'Take a skill from a user',
      answer: SkillUserGrantChangeDto,
      also: [SKILL, USER, ...errors(403, 404)],
    },
  });
}
