import type { ApprovalRow } from '#store';

/** What a model is told when its command is not started. */
export const SWITCHED_OFF =
  'Commands are switched off here (tools.execApproval.security is deny). Do without, or tell the user that an admin can change it.';

export const TOO_MANY =
  'Too many commands of this user wait for an approval. Wait for the decisions, or ask the user to make them.';

export const WITHDRAWN = 'The command was not started: the call ended before anybody decided about it.';

export const FAILED =
  'The command was not started: it could not be decided about right now. Try again shortly, or do without it.';

export function notListed(reason: string): string {
  return `The command was not started: it is not allowed here. ${reason} Use listed commands one by one, or tell the user that an admin can add it to tools.execApproval.allowlist.`;
}

export function tooLong(chars: number): string {
  return `The command was not started: it needs an approval, and with ${chars} characters nobody can read it. Write a script with write_file and run that.`;
}

type Refused = Pick<ApprovalRow, 'state' | 'allowance' | 'expires_at' | 'created_at'>;

export function refusalOf({ state, allowance, expires_at: until, created_at: since }: Refused): string {
  if (state === 'denied')
    return 'A person denied this command. Do not try it again, nor the same in other words: ask the user what to do instead.';
  if (state === 'unreachable') {
    // What is asked for every time would be asked for though it were listed.
    const listed = allowance === null ? '' : ', or that an admin can list it in tools.execApproval.allowlist';
    return `The command was not started: it needs an approval, and nobody is connected who may give one. Tell the user to connect with the scope operator.approvals${listed}.`;
  }
  if (state === 'expired') {
    const seconds = Math.round((until.getTime() - since.getTime()) / 1000);
    return `The command was not started: nobody approved it within ${seconds} s. Ask the user whether to try again.`;
  }
  return WITHDRAWN;
}
