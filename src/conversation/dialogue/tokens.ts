/**
 * A cautious estimate of a text's tokens: one per Chinese, Japanese or Korean character, one per 3.5 other characters.
 * It is used only to keep requests within a limit; for billing, the count that the model reports is used.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(/[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF]/g)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / 3.5);
}
