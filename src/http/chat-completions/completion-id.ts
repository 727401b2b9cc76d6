/** Chat completions are named after their run. */
export function completionId(runId: string): string {
  return `chatcmpl-${runId.replaceAll('-', '')}`;
}
