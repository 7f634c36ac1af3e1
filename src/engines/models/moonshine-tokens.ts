import llamaTokenizer from 'llama-tokenizer-js';

/** The first id after Llama's vocabulary. */
const FIRST_SPECIAL = 32_000;
const SPECIALS = 768;

/**
 * Returns Moonshine's `tokens.txt` in sherpa's format, with one `base64(bytes) id` per line. In Llama's vocabulary,
 * U+2581 means a space and `<0xNN>` a byte.
 */
export function moonshineTokens(): string {
  const lines: string[] = [];
  llamaTokenizer.vocabById
    .slice(0, FIRST_SPECIAL)
    .forEach((token, id) => lines.push(`${bytesOf(token).toString('base64')} ${id}`));
  for (let n = 0; n < SPECIALS; n++)
    lines.push(`${Buffer.from(`<<ST_${n}>>`).toString('base64')} ${FIRST_SPECIAL + n}`);
  return `${lines.join('\n')}\n`;
}

function bytesOf(token: string): Buffer {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  return byte === undefined ? Buffer.from(token.replaceAll('\u2581', ' ')) : Buffer.from([Number.parseInt(byte, 16)]);
}
