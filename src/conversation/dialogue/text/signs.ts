/** Signs that are not spoken, except those in `READ_SIGN`. */
const SILENT_SIGN = /[\p{So}\p{Sk}\u2190-\u21ff{}^\\】]/u;
const READ_SIGN = '°℃℉№™®';
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\ufe00-\ufe0f\u20e3]/u;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;
const JOINER = /[\u200c\u200d]/u;

/** `previous` is the code point before `char`. It is empty if that code point was dropped. */
export function signKind(char: string, previous: string): 'text' | 'emoji' | 'invisible' | 'silent' {
  if (READ_SIGN.includes(char)) return 'text';
  if (EMOJI.test(char)) return 'emoji';
  // Persian and the scripts of India need joining characters within words.
  if (JOINER.test(char) && /[\p{L}\p{M}]/u.test(previous)) return 'text';
  if (INVISIBLE.test(char)) return 'invisible';
  return SILENT_SIGN.test(char) ? 'silent' : 'text';
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['#39', "'"],
  ['nbsp', ' '],
]);
const ENTITY = /&(amp|lt|gt|quot|apos|#39|nbsp);/uy;
const ENTITY_BEGINNING = /&[a-z#0-9]{0,5}$/uy;

/** Returns undefined if no HTML entity begins at index `at`. */
export function readEntity(
  buffer: string,
  at: number,
  final: boolean,
): { readonly length: number; readonly char: string } | 'more' | undefined {
  ENTITY.lastIndex = at;
  const match = ENTITY.exec(buffer);
  const char = ENTITIES.get(match?.[1] ?? '');
  if (match && char !== undefined) return { length: match[0].length, char };
  ENTITY_BEGINNING.lastIndex = at;
  return !final && ENTITY_BEGINNING.test(buffer) ? 'more' : undefined;
}
