/** Signs without a sound, box drawing and the like. Degree, number and trade signs are exceptions and are read. */
const SILENT_SIGN = /[\p{So}\p{Sk}\u2190-\u21ff{}^\\】]/u;
const READ_SIGN = '°℃℉№™®';
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\ufe00-\ufe0f\u20e3]/u;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u;
const JOINER = /[\u200c\u200d]/u;

/** Treatment of a code point. `previous`: the code point before it in the source, '' if that was dropped. */
export function signKind(char: string, previous: string): 'text' | 'emoji' | 'invisible' | 'silent' {
  if (READ_SIGN.includes(char)) return 'text';
  if (EMOJI.test(char)) return 'emoji';
  // Persian and the scripts of India write with joiners. Between emoji, joiners belong to the emoji.
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

/** The character that an HTML entity at `at` stands for; undefined: there is no entity. */
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
