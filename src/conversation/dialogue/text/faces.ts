import type { Emotion } from '../../../device/protocol/index.js';

/** The first match counts, so a face must not come after a face with which it begins. */
const FACES: readonly (readonly [string, Emotion])[] = [
  ['¯\\_(ツ)_/¯', 'confused'],
  ['T_T', 'crying'],
  ['o_O', 'surprised'],
  ['O_o', 'surprised'],
  ['o_o', 'surprised'],
  ['O_O', 'surprised'],
  ['-_-', 'neutral'],
  ['>_<', 'embarrassed'],
  ['>.<', 'embarrassed'],
  ['^_^', 'happy'],
  ['^-^', 'happy'],
  ['^.^', 'happy'],
  ['^o^', 'happy'],
  ['^^', 'happy'],
  ['xD', 'laughing'],
  ['XD', 'laughing'],
  ['=)', 'happy'],
  ...[':', ':-'].flatMap((eyes): [string, Emotion][] => [
    [`${eyes})`, 'happy'],
    [`${eyes}D`, 'happy'],
    [`${eyes}P`, 'happy'],
    [`${eyes}p`, 'happy'],
    [`${eyes}(`, 'sad'],
  ]),
  ...[';', ';-'].flatMap((eyes): [string, Emotion][] => [
    [`${eyes})`, 'winking'],
    [`${eyes}D`, 'winking'],
    [`${eyes}P`, 'winking'],
    [`${eyes}p`, 'winking'],
    [`${eyes}(`, 'sad'],
  ]),
];

/** Call this only where a word could begin. */
export function readFace(
  buffer: string,
  at: number,
  final: boolean,
): { readonly length: number; readonly emotion: Emotion } | 'more' | undefined {
  const rest = buffer.slice(at, at + 10);
  for (const [face, emotion] of FACES) {
    if (rest.startsWith(face)) {
      const next = rest[face.length];
      if (next === undefined && !final) return 'more';
      if (next === undefined || !/[A-Za-z0-9_]/u.test(next)) return { length: face.length, emotion };
    } else if (!final && face.startsWith(rest)) return 'more';
  }
  return undefined;
}

const ACTIONS: readonly (readonly [RegExp, Emotion | undefined])[] = [
  [/\b(?:laugh|giggl|chuckl)|大笑|哈哈|偷笑|轻笑/iu, 'laughing'],
  [
    /\b(?:smil|grins?\b|grinning|smirk|beam(?:s|ing)\b|cheer(?:s|ing|ful)|happily|excited|warmly)|笑|开心|高兴/iu,
    'happy',
  ],
  [/\b(?:sighs?\b|sighing|sadly)|叹|难过|伤心/iu, 'sad'],
  [/\b(?:cr(?:y|ies|ying)\b|sobs?\b|sobbing|sniff)|哭|流泪/iu, 'crying'],
  [/\bwink(?:s|ing)?\b|眨/iu, 'winking'],
  [/\bblush|害羞|脸红/iu, 'embarrassed'],
  [/\bgasp|惊讶|吃惊/iu, 'surprised'],
  [/\b(?:think(?:s|ing)\b|ponder)|思考|想了想/iu, 'thinking'],
  [/\byawn|打哈欠/iu, 'sleepy'],
  [/\bplayful|调皮|俏皮/iu, 'silly'],
  [/\b(?:nod(?:s|ding)?|wav(?:e|es|ing)|shrug(?:s|ging)?|hug(?:s|ging)|bow(?:s|ing)|clap(?:s|ping))\b/iu, undefined],
  [/\b(?:whisper|tilt(?:s|ing)|paus(?:e|es|ing)|blink|cough|hum(?:s|ming)|clear(?:s|ing) )/iu, undefined],
  [/\b(?:softly|gently|lean(?:s|ing)|looks? |looking|danc(?:es|ing)|sing(?:s|ing)|jump(?:s|ing))/iu, undefined],
  [/点头|摇头|挥手|招手|鼓掌|拍手|沉默|停顿|轻声|小声|温柔|歪头|歪着头|耸肩|拥抱|鞠躬/u, undefined],
];

const LONGEST_ASIDE = 40;
const CLOSING: Readonly<Record<string, string>> = { '*': '*', '(': ')）', '（': ')）', '[': ']】', '【': ']】' };
const WORDS = /^\p{L}[\p{L}'’-]*(?: [\p{L}'’-]+){0,3}$/u;
const CHINESE_WORDS = /^\p{Script=Han}{1,8}$/u;
const SIGNS = /[^\p{L}\p{N}\s.,;:!?'"“”‘’%+\-–—/&$€£#=\p{Sm}]|[≧≦∀]/gu;
const LONGEST_GAP = 3;

/** A stage direction or a face. It is not spoken. */
export type Aside =
  | { readonly kind: 'more' | 'none' }
  | { readonly kind: 'aside'; readonly length: number; readonly emotion: Emotion | undefined };

export function readAside(buffer: string, at: number, sentenceStart: boolean, final: boolean): Aside {
  const open = buffer[at] ?? '';
  const none: Aside = { kind: 'none' };
  const end = closingOf(buffer, at);
  if (end === 'none') return none;
  if (end === 'more') return final ? none : { kind: 'more' };
  const inner = buffer.slice(at + 1, end).trim();
  const length = end + 1 - at;
  if (open !== '*' && isDrawn(inner)) return { kind: 'aside', length, emotion: undefined };
  const action = ACTIONS.find(([pattern]) => pattern.test(inner));
  if (CHINESE_WORDS.test(inner)) return action ? { kind: 'aside', length, emotion: action[1] } : none;
  // Between stars, emphasis that begins a sentence has a capital letter, and a stage direction usually has none.
  if (!WORDS.test(inner) || !(action || (open === '*' && /^\p{Ll}/u.test(inner)))) return none;
  const aside: Aside = { kind: 'aside', length, emotion: action?.[1] };
  if (open === '[' || open === '【') return aside;
  const gap = /^\s*/u.exec(buffer.slice(end + 1, end + 2 + LONGEST_GAP))?.[0] ?? '';
  const next = buffer.slice(end + 1 + gap.length, end + 3 + gap.length);
  if (next === '' && gap.length <= LONGEST_GAP && !final) return { kind: 'more' };
  const alone = next === '' || gap.includes('\n') || /^[\p{Lu}\p{Script=Han}"“「*([（【]/u.test(next);
  if (sentenceStart) return alone || gap.length > LONGEST_GAP ? aside : none;
  return open !== '*' && (next === '' || /^[.!?。！？]/u.test(next)) ? aside : none;
}

function closingOf(buffer: string, at: number): number | 'more' | 'none' {
  const open = buffer[at] ?? '';
  const closing = CLOSING[open] ?? '';
  let spaces = 0;
  for (let i = at + 1; i < buffer.length; i++) {
    const char = buffer[i] ?? '';
    if (closing.includes(char)) return i === at + 1 ? 'none' : i;
    if (char === ' ') spaces += 1;
    if (char === '\n' || spaces > LONGEST_GAP || i - at > LONGEST_ASIDE) return 'none';
  }
  return 'more';
}

/** A face has no words, but enough marks for eyes and a mouth. */
function isDrawn(inner: string): boolean {
  const face = readFace(inner, 0, true);
  if (typeof face === 'object' && face.length === inner.length) return true;
  if (/[\p{L}\p{N}]{2}|\d/u.test(inner)) return false;
  const signs = inner.match(SIGNS) ?? [];
  return signs.length > 2 || (signs.length === 2 && signs.some((sign) => sign > '\u007f'));
}
