const SUGGESTIONS_MAX = 3;
/** Share of common letter pairs from which a name counts as meant. */
const SIMILARITY_MIN = 0.4;

/** The known names that look most like `name` (Dice coefficient over letter pairs), best first. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = letterPairs(name);
  return known
    .map((candidate) => ({ candidate, score: similarity(wanted, letterPairs(candidate)) }))
    .filter(({ score }) => score >= SIMILARITY_MIN)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, SUGGESTIONS_MAX)
    .map(({ candidate }) => candidate);
}

function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return (2 * common) / Math.max(1, a.size + b.size);
}

function letterPairs(name: string): ReadonlySet<string> {
  const folded = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return new Set(Array.from({ length: Math.max(0, folded.length - 1) }, (_, i) => folded.slice(i, i + 2)));
}
