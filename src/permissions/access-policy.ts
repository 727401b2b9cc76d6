import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ConfigService } from '#config';
import { type Caller, type Role, ROLES } from '#contracts';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { deploymentOf, type Mode } from '#store';
import { ACCESS_RULE, type AccessRule } from './access.decorator.js';
import { PermissionError } from './permission.errors.js';

type Handler = (...args: never[]) => unknown;

/** Decides whether a caller may call a handler. Deny is the default. */
@Injectable()
export class AccessPolicy {
  private readonly mode: Mode;

  constructor(
    private readonly reflector: Reflector,
    config: ConfigService,
  ) {
    this.mode = deploymentOf(config).mode;
  }

  /** The rule of a handler; `undefined` when it carries none. */
  ruleOf(handler: Handler): AccessRule | undefined {
    return this.reflector.get<AccessRule | undefined>(ACCESS_RULE, handler);
  }

  /** Whether anybody may call the handler without credentials. */
  isPublic(handler: Handler): boolean {
    return this.ruleOf(handler)?.role === 'none';
  }

  /** @throws AppError NOT_FOUND when the handler does not exist in this mode. */
  requireMode(handler: Handler, name: string): void {
    const mode = this.ruleOf(handler)?.mode;
    if (mode === undefined || mode === this.mode) return;
    throw new AppError(
      ErrorCode.NOT_FOUND,
      `${name} exists in ${mode} mode only, and this gateway runs in ${this.mode} mode. Start it with GOCLAW_MODE=${mode} to use it.`,
    );
  }

  /** @throws PermissionError when the caller's role or scopes do not suffice, or the handler has no rule. */
  require(caller: Caller, handler: Handler, name: string): void {
    const rule = this.ruleOf(handler);
    if (!rule) throw new PermissionError('role', `permission denied: ${name} is open to nobody.`);
    if (level(caller.role) < level(rule.role)) {
      if (caller.role === 'none')
        throw new PermissionError('unauthenticated', `${name} needs credentials: connect first.`);
      throw new PermissionError(
        'role',
        `permission denied: insufficient role for ${name} (needs ${rule.role}, you are ${caller.role}). Ask an admin.`,
      );
    }
    if (rule.scope && !caller.scopes.includes(rule.scope) && !caller.scopes.includes('operator.admin')) {
      throw new PermissionError(
        'scope',
        `permission denied: ${name} needs the scope ${rule.scope}. Ask an admin for a key that has it.`,
      );
    }
  }
}

function level(role: Role): number {
  return ROLES.indexOf(role);
}
