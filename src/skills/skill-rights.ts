import type { Caller } from '#contracts';
import { RecordError } from '#permissions';
import { type SkillRow, SkillStore } from '#store';

/** Whom a list is for: `undefined` for an admin, who sees all. */
export function readerOf(caller: Caller): string | undefined {
  return caller.role === 'admin' ? undefined : caller.userId;
}

export function mayChange(caller: Caller, { owner_id }: Pick<SkillRow, 'owner_id'>): boolean {
  return caller.role === 'admin' || owner_id === caller.userId;
}

/** @throws RecordError `forbidden` */
export function requireOwner(caller: Caller, skill: SkillRow): void {
  if (mayChange(caller, skill)) return;
  throw new RecordError('forbidden', `Only its owner or an admin can change the skill ${skill.slug}.`);
}

/** What is public goes to everybody's agents: an admin decides that. @throws RecordError `forbidden` */
export function requirePublisher(caller: Caller): void {
  if (caller.role === 'admin') return;
  throw new RecordError('forbidden', 'Only an admin can make a skill public.');
}

/** The skills that a caller may see. */
export function visibleTo(caller: Caller): ReturnType<typeof SkillStore.visibleTo> {
  return SkillStore.visibleTo(readerOf(caller));
}

export function noSkill(name: string): RecordError {
  return new RecordError('not-found', `There is no skill ${name.slice(0, 100)}. skills.list shows yours.`);
}
