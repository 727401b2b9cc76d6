import { Injectable } from '@nestjs/common';
import { AppError } from '#kernel';
import { Access, NO_RUNTIME } from '#permissions';
import { ErrorCode, type Methods, type SkillInfo } from '#protocol';
import { Skills, type SkillView } from '#skills';
import { readUpdates } from '../read-updates.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { SkillParams, SkillUpdateParams, SkillUpdates } from './skills.dto.js';

type Result<M extends keyof Methods> = Promise<Methods[M]['result']>;

const SETTABLE = ['name', 'description', 'visibility', 'status', 'tags'] as const;

/** Skills that were uploaded. */
@Injectable()
export class SkillsMethods {
  constructor(private readonly skills: Skills) {}

  @Access('viewer', { mode: 'managed', ownership: 'own' })
  @RpcMethod('skills.list')
  async list(_params: object, { caller }: RpcContext): Result<'skills.list'> {
    return { skills: (await this.skills.all(caller)).map(infoOf), ...NO_RUNTIME };
  }

  /** With its text. */
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  @RpcMethod('skills.get', SkillParams)
  async get({ name }: SkillParams, { caller }: RpcContext): Result<'skills.get'> {
    return { ...(await this.skills.read(caller, name)), ...NO_RUNTIME };
  }

  @Access('operator', { mode: 'managed', ownership: 'own' })
  @RpcMethod('skills.update', SkillUpdateParams)
  async update({ name, id, updates }: SkillUpdateParams, { caller }: RpcContext): Result<'skills.update'> {
    const which = id ?? name;
    if (which === undefined)
      throw new AppError(ErrorCode.INVALID_REQUEST, 'invalid params: name or id must be given', {
        details: { param: 'name' },
      });
    const changes = readUpdates(SkillUpdates, SETTABLE, updates);
    return { ...infoOf(await this.skills.update(caller, which, changes)), ok: 'true' };
  }
}

function infoOf(skill: SkillView): SkillInfo {
  return { ...skill, ...NO_RUNTIME };
}
