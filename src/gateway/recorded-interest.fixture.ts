import type { RunInterest } from '#agent';

/** Which topics are wanted at the moment. */
export function recordedInterest(): { readonly interest: RunInterest; readonly wanted: Set<string> } {
  const wanted = new Set<string>();
  const want = (topic: string): (() => void) => {
    if (wanted.has(topic)) throw new Error(`${topic} is wanted already.`);
    wanted.add(topic);
    return () => void wanted.delete(topic);
  };
  return { interest: { want } as RunInterest, wanted };
}
