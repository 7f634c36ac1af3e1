const SOUNDS_EN = '(?:the |my |that |this )?(?:music|radio|story|song|sound|player)';
const SOUNDS_ZH = '(?:音乐|歌曲?|故事|电台|收音机|声音)';
const STOP_EN = String.raw`stop(?! (?:the |my |that )?(?:\w+ )?(?:timer|alarm|reminder))`;
const SILENCE = new RegExp(
  [
    String.raw`\b(?:${STOP_EN}|pause|quiet|silen(?:t|ce)|shut up|enough|mute|good ?bye|bye|good night)\b`,
    String.raw`\bturn off (?:${SOUNDS_EN}\b|(?:it|that|this)\b(?! \w))`,
    String.raw`\b(?:turn (?:${SOUNDS_EN}|it|that|this) off|no more (?:music|songs?|stories))\b`,
    // 安静一点 asks for less noise, so it may also turn the volume down.
    `停(?![车电水])|安静(?!一?[点些])|闭嘴|够了|别(?!人).{0,2}[放播唱讲吵响]|不.{0,2}听了|关掉$`,
    // 有关 and 相关 mean "about", and 开关 is a switch. None of these words turns anything off.
    `(?<![相有开])关(?!于).{0,2}${SOUNDS_ZH}|${SOUNDS_ZH}.{0,2}(?<![相有开])关(?!于)`,
    '再见|拜拜|晚安',
  ].join('|'),
  'iu',
);

/** Interrupted sounds do not continue after these words, even if the model forgets to stop them. */
export const wantsSilence = (text: string): boolean => SILENCE.test(text);
