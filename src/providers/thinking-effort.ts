const LOW_EFFORT_TOKENS = 4_096;
const MEDIUM_EFFORT_TOKENS = 16_384;

/** The effort that models without a thinking budget are asked for. */
export function effortOf(budgetTokens: number): 'low' | 'medium' | 'high' {
  if (budgetTokens <= LOW_EFFORT_TOKENS) return 'low';
  return budgetTokens <= MEDIUM_EFFORT_TOKENS ? 'medium' : 'high';
}
