/**
 * A cautious estimate. It counts one token per Chinese, Japanese or Korean character, and one per 3.5 other characters.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(/[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF]/g)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / 3.5);
}
