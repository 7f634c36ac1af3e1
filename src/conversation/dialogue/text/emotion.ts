import { EMOTIONS, type Emotion } from '../../../device/protocol/index.js';

/** Other xiaozhi servers request the first emoji of each row from their models. */
const EMOJI: Readonly<Record<Emotion, string>> = {
  neutral: '😶😐😑🫥',
  happy: '🙂😊😀😃😄☺🤗🥳🎉👍👏😺🌞✨🥰',
  laughing: '😆😁😹',
  funny: '😂🤣😅',
  sad: '😔😞😟🙁☹😢💔😿🥺',
  angry: '😠😡🤬👿',
  crying: '😭',
  loving: '😍❤💕💖💗💓🧡💛💚💙💜🤍😻',
  embarrassed: '😳🙈😬',
  surprised: '😲😮😯🤩',
  shocked: '😱🤯😨😧😦',
  thinking: '🤔🧐💭',
  winking: '😉',
  cool: '😎',
  relaxed: '😌😇🧘',
  delicious: '🤤😋🍽',
  kissy: '😘😚😙😗💋',
  confident: '😏💪😤',
  sleepy: '😴🥱😪💤',
  silly: '😜😝😛🤪🤡',
  confused: '🙄😕😖😵🤷',
};

const BY_EMOJI: ReadonlyMap<string, Emotion> = new Map(
  EMOTIONS.flatMap((emotion) => Array.from(EMOJI[emotion], (emoji): [string, Emotion] => [emoji, emotion])),
);

/** Words that models write in a tag, with the protocol's name for each. */
const SYNONYMS: ReadonlyMap<string, Emotion> = new Map<string, Emotion>([
  ['joy', 'happy'],
  ['joyful', 'happy'],
  ['smile', 'happy'],
  ['smiling', 'happy'],
  ['excited', 'happy'],
  ['cheerful', 'happy'],
  ['laugh', 'laughing'],
  ['sadness', 'sad'],
  ['upset', 'sad'],
  ['anger', 'angry'],
  ['mad', 'angry'],
  ['cry', 'crying'],
  ['love', 'loving'],
  ['shy', 'embarrassed'],
  ['surprise', 'surprised'],
  ['amazed', 'surprised'],
  ['scared', 'shocked'],
  ['fear', 'shocked'],
  ['think', 'thinking'],
  ['curious', 'thinking'],
  ['wink', 'winking'],
  ['calm', 'relaxed'],
  ['hungry', 'delicious'],
  ['kiss', 'kissy'],
  ['proud', 'confident'],
  ['tired', 'sleepy'],
  ['playful', 'silly'],
  ['开心', 'happy'],
  ['高兴', 'happy'],
  ['微笑', 'happy'],
  ['大笑', 'laughing'],
  ['搞笑', 'funny'],
  ['难过', 'sad'],
  ['伤心', 'sad'],
  ['悲伤', 'sad'],
  ['生气', 'angry'],
  ['愤怒', 'angry'],
  ['哭泣', 'crying'],
  ['喜爱', 'loving'],
  ['害羞', 'embarrassed'],
  ['尴尬', 'embarrassed'],
  ['惊讶', 'surprised'],
  ['震惊', 'shocked'],
  ['思考', 'thinking'],
  ['眨眼', 'winking'],
  ['放松', 'relaxed'],
  ['美味', 'delicious'],
  ['亲亲', 'kissy'],
  ['自信', 'confident'],
  ['困倦', 'sleepy'],
  ['调皮', 'silly'],
  ['困惑', 'confused'],
  ['中性', 'neutral'],
  ['平静', 'relaxed'],
]);

const NAMES: ReadonlyMap<string, Emotion> = new Map<string, Emotion>([
  ...EMOTIONS.map((name): [string, Emotion] => [name, name]),
  ...SYNONYMS,
]);

/** `emoji` is the base character, without modifiers. */
export function emotionOfEmoji(emoji: string): Emotion | undefined {
  return BY_EMOJI.get(emoji);
}

/** `tag` is the text inside the brackets, as in `[happy]`, `[emotion: happy]` or `【开心】`. */
export function emotionOfTag(tag: string): Emotion | undefined {
  return NAMES.get(
    tag
      .trim()
      .toLowerCase()
      .replace(/^(?:emotion|mood|表情|情绪)\s*[:：=]\s*/u, ''),
  );
}
