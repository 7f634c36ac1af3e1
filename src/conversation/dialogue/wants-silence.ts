const SOUNDS_EN = '(?:it|that|this|(?:the |my )?(?:music|radio|story|song|sound|player))';
const SOUNDS_ZH = '(?:音乐|歌曲?|故事|电台|收音机|声音)';
const STOP_EN = String.raw`stop(?! (?:the |my |that )?(?:\w+ )?(?:timer|alarm|reminder))`;
const SILENCE = new RegExp(
  [
    String.raw`\b(?:${STOP_EN}|pause|quiet|silen(?:t|ce)|shut up|enough|good ?bye|bye|good night)\b`,
    String.raw`\b(?:turn off ${SOUNDS_EN}|turn ${SOUNDS_EN} off|no more (?:music|songs?|stories))\b`,
    `停(?![车电水])|安静|闭嘴|够了|别.{0,2}[放播唱讲吵]|不.{0,2}听了|关.{0,2}${SOUNDS_ZH}|${SOUNDS_ZH}.{0,2}关`,
    '再见|拜拜|晚安',
  ].join('|'),
  'iu',
);

/**
 * True if the user may want silence. Interrupted sounds then do not continue after the answer, even if the model only
 * said that it would stop them.
 */
export const wantsSilence = (text: string): boolean => SILENCE.test(text);
