const MINUTE_PRECISION = 'YYYY-MM-DDTHH:MM'.length;

/**
 * What a user's message is told of the moment it was sent. Stored with the message, so that earlier messages and
 * the system prompt stay the same bytes while time goes on.
 */
export function contextLine(now: Date): string {
  return `Current time: ${now.toISOString().slice(0, MINUTE_PRECISION).replace('T', ' ')} UTC`;
}
