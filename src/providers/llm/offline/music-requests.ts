import { closeUp, joined, request, type ToolRequest } from './tool-request.js';

type Found = ToolRequest | undefined;

const PART_EN = '(?:song|track|one|story|station|chapter|episode)';
const NEXT_EN = joined(
  String.raw`^(?:no )*(?:(?:play )?(?:the )?next(?: ${PART_EN})?`,
  String.raw`|skip(?: (?:this|it|(?:this |the )?${PART_EN}))?|(?:play )?(?:another ${PART_EN}|something else))$`,
);
const PART_ZH = '(?:故事|电台|歌曲?|曲子|音乐|节目)?';
/** 不要 is a refusal only before a pause. "不要下一首" means "do not play the next song". */
const REFUSED_ZH = /^(?:不要(?:这[首个段])?(?= )|不(?:是|对|好|行)?)\s*/u;
const NEXT_ZH = joined(
  String.raw`^(?:播放|放|听|来|换|讲)?下一?[首曲个集段章]${PART_ZH}吧?$`,
  String.raw`|^再?换(?:一[首个集段]|[首个集段])${PART_ZH}吧?$|^(?:换台|换歌|切歌)吧?$`,
);
const MUSIC: readonly (readonly [RegExp, string])[] = [
  [joined(`^(?:play )?(?:the )?previous(?: ${PART_EN})?$|^go back$|^上一?[首曲个集段章]${PART_ZH}吧?$`), 'previous'],
  [/^pause(?: the (?:music|story))?$|^暂停(?:播放|音乐)?(?:一下)?$/, 'pause'],
  [/^(?:resume|continue)(?: playing| the (?:music|story))?$|^(?:继续)(?:播放|放|讲)?吧?$/, 'resume'],
  [
    /^stop(?: the (?:music|story|radio)| playing)?$|^(?:停|停下|停止|停止播放|别放了|别唱了|别讲了|关掉音乐|停一下)$/,
    'stop',
  ],
  [
    joined(
      String.raw`^what(?:'s| is) (?:this(?: ${PART_EN})?(?: called)?|playing(?: now)?|the name of this ${PART_EN})$`,
      String.raw`|^(?:what|which) ${PART_EN} is (?:this|playing(?: now)?)$|^what am i listening to$`,
    ),
    'what',
  ],
  [
    joined(
      '^(?:这|(?:现在|正在)(?:放|播|播放)的?)(?:首歌|首曲子|个故事|个电台|段音乐)?(?:是|叫)?(?:什么|哪一?[首个段])',
      '(?:名字|歌名|歌曲?|曲子|故事|电台|台|音乐)?$',
    ),
    'what',
  ],
];
const SHUFFLE =
  /^(?:shuffle|shuffle (?:the |my |all )*(?:music|songs)|(?:随机|随便)(?:播放|放)(?:一?[首点])?(?:音乐|歌)?)$/;
const PLAY_EN = /^play (?:me )?(?:some |the |an? )?(?<query>.{1,60})$/;
const PLAY_ZH = /^(?:播放|放|来|听|唱)(?:一?[首点个段])?(?<query>.{1,20}?)吧?$/;
const ANYTHING = /^(?:music|songs?|something|anything|音乐|歌|歌曲|歌儿)$/;

export function music(text: string): Found {
  const close = closeUp(text);
  if (NEXT_EN.test(close) || NEXT_ZH.test(closeUp(text.replace(REFUSED_ZH, ''))))
    return request('music_control', { action: 'next' });
  const action = MUSIC.find(([pattern]) => pattern.test(close))?.[1];
  if (action !== undefined) return request('music_control', { action });
  if (SHUFFLE.test(close)) return request('play_music');
  const query = (PLAY_EN.exec(close) ?? PLAY_ZH.exec(close))?.groups?.['query'];
  return query === undefined ? undefined : request('play_music', ANYTHING.test(query) ? {} : { query });
}

const REFUSES_EN = '(?:no|nope|wait|sorry|actually|i mean)';
const REFUSES_ZH = '(?:不[是对要行]?|算了|等等|错了)';
/** In Chinese, a pause must follow the refusal, because "不要停" means "do not stop". */
const REFUSAL = joined(
  `(?:[\\s,.;!?—…]+${REFUSES_EN})+(?=[\\s,.;!—…])`,
  `|[\\s,，、.。;；!！—…]*(?:${REFUSES_ZH}[\\s,，、.。;；!！—…]+)+`,
);
const MUSIC_TOOLS: ReadonlySet<string> = new Set(['play_music', 'music_control']);

/**
 * A request that is corrected in the same sentence: "play a story, no, stop". The words after the refusal count only if
 * they are a request too.
 */
export function correctedMusic(heard: string, understood: (part: string) => Found): Found {
  for (const { 0: refusal, index } of [...heard.matchAll(new RegExp(REFUSAL, 'giu'))].toReversed()) {
    const [first, second] = [heard.slice(0, index), heard.slice(index + refusal.length)].map(understood);
    if (!first || !second || !MUSIC_TOOLS.has(first.tool) || !MUSIC_TOOLS.has(second.tool)) continue;
    // After a request to play something, "the next one" means the next match of that request.
    const isNext = first.tool === 'play_music' && second.arguments['action'] === 'next';
    return isNext ? { ...first, arguments: { ...first.arguments, next: true } } : second;
  }
  return undefined;
}

const KIND_EN = '(?:(?:bedtime|good ?night|short|nice|funny|new|fairy) ){0,2}';
const STORY_EN = joined(
  String.raw`^(?:(?:read|tell) (?:me |us )?)?(?<which>an?|another|the) ${KIND_EN}(?:story|tale)`,
  String.raw`(?: (?:about|of) (?:the |an? )?(?<about>.{1,60}))?$`,
);
const STORY_ZH = joined(
  String.raw`^(?:我(?:想|要)听|(?:给我们|跟我们?)?再?(?:讲|说))(?:一?[个段]|点)?(?:关于|有关)?`,
  String.raw`(?<about>(?![了过得的是讲说])(?!.*[你我他她谁哪什])\p{Script=Han}{0,12}?)的?故事(?:听听?|吧)?$`,
);
const KIND_ZH = /^(?:睡前|童话|好听|有趣|好玩|新|短|小)?$/;

/** A story from the music library is played only if no model can tell one. */
export function story(text: string, heard: string): Found {
  const close = closeUp(text);
  const english = STORY_EN.exec(close)?.groups;
  // `text` has lost the polite words "tell me". Without them, "the story of my life" is not a request.
  if (english && (english['which'] !== 'the' || /\b(?:tell|read)\b/i.test(heard)))
    return { ...request('play_music', { query: english['about'] ?? 'story' }), modelFirst: true };
  const about = STORY_ZH.exec(close)?.groups?.['about'];
  if (about === undefined) return undefined;
  return { ...request('play_music', { query: KIND_ZH.test(about) ? '故事' : about }), modelFirst: true };
}
