/**
 * A cautious estimate of a text's tokens: one per Chinese, Japanese or Korean character, one per 3.5 others. It only
 * keeps requests within a limit; billing follows the model's own report.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(/[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF]/g)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / 3.5);
}
