import type { CutReason } from '#protocol';

/** OpenAI's word for how an answer ended. */
export function finishReason(cut: CutReason | undefined): 'stop' | 'length' | 'content_filter' {
  if (cut === 'content-filter') return 'content_filter';
  return cut ?? 'stop';
}
