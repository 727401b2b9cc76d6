const RESPONSE_ID = /^resp_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** Responses are named after their run. */
export function responseId(runId: string): string {
  return `resp_${compact(runId)}`;
}

export function messageId(runId: string): string {
  return `msg_${compact(runId)}`;
}

/** The run of a response; `undefined` for what is no id of a response. */
export function runOfResponse(id: string): string | undefined {
  return RESPONSE_ID.exec(id)?.slice(1).join('-');
}

const TIMESTAMP_CHARS = 12;

/** When the run was accepted, in Unix seconds: its id (UUID v7) begins with the milliseconds. */
export function createdAt(runId: string): number {
  return Math.floor(Number.parseInt(compact(runId).slice(0, TIMESTAMP_CHARS), 16) / 1_000);
}

function compact(uuid: string): string {
  return uuid.replaceAll('-', '');
}
