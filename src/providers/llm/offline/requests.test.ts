import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { calls, firstDelta, NOW_MS, requestOf, spec, TOOLS } from '../../../../test/fakes/offline-requests.js';
import type { LlmDelta, LlmRequest } from '../llm-port.js';
import { withRulesFirst } from '../with-rules-first.js';
import { answersByRules, createOfflineAssistant } from './assistant.js';
import { understand } from './intents.js';

describe('requests that server tools answer', () => {
  it.each([
    ['Set a timer for ten minutes.', 'set_timer', { seconds: 600 }],
    ['Please start a pasta timer for an hour and a half', 'set_timer', { seconds: 5400, name: 'pasta' }],
    ['5 minute timer', 'set_timer', { seconds: 300 }],
    ['计时十分钟', 'set_timer', { seconds: 600 }],
    ['设一个半小时的倒计时', 'set_timer', { seconds: 5400 }],
    ['煮面计时八分钟', 'set_timer', { seconds: 480, name: '煮面' }],
    ['帮我定一个三分钟三十秒的计时器', 'set_timer', { seconds: 210 }],
    [
      'remind me in half an hour to turn off the oven',
      'set_reminder',
      { kind: 'reminder', in_minutes: 30, text: 'turn off the oven' },
    ],
    ['remind me to call mum in 2 hours', 'set_reminder', { kind: 'reminder', in_minutes: 120, text: 'call mum' }],
    ['半小时后提醒我关火', 'set_reminder', { kind: 'reminder', in_minutes: 30, text: '关火' }],
    ['Wake me up at 7', 'set_reminder', { kind: 'alarm', at: '2026-11-26T07:00' }],
    ['set an alarm for 6:30 pm', 'set_reminder', { kind: 'alarm', at: '2026-11-25T18:30' }],
    ['明天早上七点半叫我起床', 'set_reminder', { kind: 'alarm', at: '2026-11-26T07:30' }],
    ['定一个下午五点的闹钟', 'set_reminder', { kind: 'alarm', at: '2026-11-25T17:00' }],
    ['Snooze', 'snooze', {}],
    ['snooze the alarm for ten minutes', 'snooze', { minutes: 10 }],
    ['Five more minutes', 'snooze', { minutes: 5 }],
    ['let me sleep for half an hour more', 'snooze', { minutes: 30 }],
    ['another ten minutes please', 'snooze', { minutes: 10 }],
    ['再睡五分钟', 'snooze', { minutes: 5 }],
    ['让我再睡一会儿吧', 'snooze', {}],
    ['贪睡', 'snooze', {}],
    ['过十分钟再叫我起床', 'snooze', { minutes: 10 }],
    ['等会儿再叫我', 'snooze', {}],
    ['What timers are set?', 'list_reminders', { kind: 'timer' }],
    ['How long is left on the timer?', 'list_reminders', { kind: 'timer' }],
    ['how long is left on the pasta timer', 'list_reminders', { kind: 'timer', which: 'pasta' }],
    ['How much time do I have left on the egg timer?', 'list_reminders', { kind: 'timer', which: 'egg' }],
    ['计时器还剩多久', 'list_reminders', { kind: 'timer' }],
    ['现在计时器还剩多久', 'list_reminders', { kind: 'timer' }],
    ['面条的计时器还剩多久', 'list_reminders', { kind: 'timer', which: '面条' }],
    ['有哪些闹钟', 'list_reminders', { kind: 'alarm' }],
    ['Turn on the kitchen light.', 'home_control', { name: 'kitchen light', action: 'turn_on' }],
    ['Switch the bedroom lamp off', 'home_control', { name: 'bedroom lamp', action: 'turn_off' }],
    ['Close the blinds', 'home_control', { name: 'blinds', action: 'turn_off' }],
    ['打开客厅灯', 'home_control', { name: '客厅灯', action: 'turn_on' }],
    ['把卧室的窗帘拉上', 'home_control', { name: '卧室窗帘', action: 'turn_off' }],
    ['关灯', 'home_control', { name: '灯', action: 'turn_off' }],
    ['Cancel the pasta timer.', 'cancel_reminder', { kind: 'timer', which: 'pasta' }],
    ['取消面条计时器', 'cancel_reminder', { kind: 'timer', which: '面条' }],
    ['Take the milk off the shopping list.', 'list_remove', { list: 'shopping', items: ['milk'] }],
    ['把牛奶和鸡蛋从购物清单里划掉', 'list_remove', { list: 'shopping', items: ['牛奶', '鸡蛋'] }],
    ['cancel the timer', 'cancel_reminder', { kind: 'timer' }],
    ['取消所有闹钟', 'cancel_reminder', { kind: 'alarm', all: true }],
    ["What's the weather like tomorrow?", 'get_weather', { day: 1 }],
    ['what is the weather in new york', 'get_weather', { place: 'new york' }],
    ['今天天气怎么样', 'get_weather', {}],
    ['北京明天的天气怎么样', 'get_weather', { day: 1, place: '北京' }],
    ['明天会下雨吗', 'get_weather', { day: 1 }],
    ['add milk and eggs to the shopping list', 'list_add', { list: 'shopping', items: ['milk', 'eggs'] }],
    ['把牛奶和鸡蛋加到购物清单', 'list_add', { list: 'shopping', items: ['牛奶', '鸡蛋'] }],
    ["what's on the shopping list?", 'list_read', { list: 'shopping' }],
    ['play some music', 'play_music', {}],
    ['播放小星星', 'play_music', { query: '小星星' }],
    ['下一首', 'music_control', { action: 'next' }],
    ['Stop!', 'music_control', { action: 'stop' }],
    ['Shuffle', 'play_music', {}],
    ['随机播放', 'play_music', {}],
    ['Play me a song', 'play_music', {}],
    ['Tell me a story.', 'play_music', { query: 'story' }],
    ['could you tell me a bedtime story about a fox', 'play_music', { query: 'fox' }],
    ['tell me the story of the three little pigs', 'play_music', { query: 'three little pigs' }],
    ['讲个故事吧', 'play_music', { query: '故事' }],
    ['给我讲一个睡前故事', 'play_music', { query: '故事' }],
    ['讲一个小红帽的故事', 'play_music', { query: '小红帽' }],
    ['turn the volume up to 30', 'self_audio_speaker_set_volume', { volume: 30 }],
    ['音量调到三十', 'self_audio_speaker_set_volume', { volume: 30 }],
  ])('%s', async (text, tool, args) => expect(await calls(text)).toEqual([tool, args]));

  it.each([
    [
      'next',
      ['Next.', 'the next one', 'No, the next one.', 'next story', 'Next station', 'skip this song', 'another one'],
    ],
    [
      'next',
      ['下一个故事', '不，下一个', '不是，下一首歌', '换一个', '换个故事吧', '切歌', '不要，换一首', '下一个电台'],
    ],
    ['previous', ['the previous story', 'go back', '上一个故事']],
    ['what', ['What song is this?', 'which station is playing', "what's playing", '这是什么故事', '现在放的是什么歌']],
  ])('%s: %j', async (action, texts) => {
    for (const text of texts) expect([text, await calls(text)]).toEqual([text, ['music_control', { action }]]);
  });

  it.each([
    ['Play a story, no, the next one.', 'play_music', { query: 'story', next: true }],
    ['please play some music no wait the next song', 'play_music', { next: true }],
    ['放个故事，不，下一个', 'play_music', { query: '故事', next: true }],
    ['给我讲个故事，不对，下一个故事', 'play_music', { query: '故事', next: true }],
    ['Play jazz, no, stop.', 'music_control', { action: 'stop' }],
    ['Next, no, the previous song', 'music_control', { action: 'previous' }],
    ['Play jazz. Sorry, play some rock.', 'play_music', { query: 'rock' }],
    ['放爵士乐，算了，停', 'music_control', { action: 'stop' }],
    ['放音乐，不是，放小星星', 'play_music', { query: '小星星' }],
    ['Play a story, no, the next one, no, stop', 'music_control', { action: 'stop' }],
    // A title may contain the words of a refusal.
    ['Play No Woman, No Cry', 'play_music', { query: 'no woman no cry' }],
    ['play yes, no, maybe', 'play_music', { query: 'yes no maybe' }],
  ])('corrected in one sentence: %s', async (text, tool, args) => expect(await calls(text)).toEqual([tool, args]));

  it.each([
    ['Tell the kitchen that dinner is ready!', 'send_message', { to: 'kitchen', text: 'dinner is ready' }],
    [
      "Tell Anna's room dinner's ready, come down.",
      'send_message',
      { to: "anna's room", text: "dinner's ready, come down" },
    ],
    ['tell everyone that we leave at Ten', 'send_message', { to: 'everyone', text: 'we leave at Ten' }],
    ['告诉厨房开饭了', 'send_message', { to: '厨房', text: '开饭了' }],
    ['跟大家说，十点出发', 'send_message', { to: '大家', text: '十点出发' }],
    ['Set the brightness to 80.', 'self_screen_set_brightness', { brightness: 80 }],
    ['亮度调到八十', 'self_screen_set_brightness', { brightness: 80 }],
    ['Use the dark theme.', 'self_screen_set_theme', { theme: 'dark' }],
    ['set the theme to light', 'self_screen_set_theme', { theme: 'light' }],
    ['换成深色主题', 'self_screen_set_theme', { theme: 'dark' }],
    ['把主题换成浅色', 'self_screen_set_theme', { theme: 'light' }],
    ['Note that the car is on Level Two.', 'list_add', { list: 'notes', items: ['the car is on Level Two'] }],
    ['记一下，车停在B2层', 'list_add', { list: 'notes', items: ['车停在B2层'] }],
    ['What did I note?', 'list_read', { list: 'notes' }],
    ['我记了什么', 'list_read', { list: 'notes' }],
    ['add call Mum and Dad to my to-do list', 'list_add', { list: 'todo', items: ['call Mum and Dad'] }],
    ['把交水费加到待办清单', 'list_add', { list: 'todo', items: ['交水费'] }],
    ['What is on my list?', 'list_read', { list: 'todo' }],
    ['待办清单上有什么', 'list_read', { list: 'todo' }],
    ['Remember that I am allergic to peanuts.', 'remember_fact', { fact: '用户说：I am allergic to peanuts' }],
    ['please remember that Anna likes tea', 'remember_fact', { fact: 'Anna likes tea' }],
    ['记住我对花生过敏', 'remember_fact', { fact: '用户说：我对花生过敏' }],
    ['Remember my voice, I am Anna.', 'remember_voice', { name: 'Anna' }],
    ["I'm Anna-Lena Schmidt, please remember my voice.", 'remember_voice', { name: 'Anna-Lena Schmidt' }],
    ['记住我的声音，我叫小明。', 'remember_voice', { name: '小明' }],
    ['我是安娜，请记住我的声音', 'remember_voice', { name: '安娜' }],
    ['Forget that I like tea.', 'forget_fact', { fact: 'I like tea' }],
    ['忘掉我喜欢喝茶', 'forget_fact', { fact: '我喜欢喝茶' }],
    ['What is the lunar date?', 'get_date_info', {}],
    ["what's the lunar date tomorrow", 'get_date_info', { date: '2026-11-26' }],
    ['今天农历几号', 'get_date_info', {}],
    ['明天是农历初几', 'get_date_info', { date: '2026-11-26' }],
    ['When is the Spring Festival?', 'get_date_info', { festival: 'spring festival' }],
    ["When is Mother's Day?", 'get_date_info', { festival: "mother's day" }],
    ['How many days until the winter solstice?', 'get_date_info', { festival: 'winter solstice' }],
    ['when is thanksgiving this year', 'get_date_info', { festival: 'thanksgiving' }],
    ['when is the next qixi festival', 'get_date_info', { festival: 'qixi festival' }],
    ['中秋节是哪天', 'get_date_info', { festival: '中秋节' }],
    ['When is Easter this year?', 'get_date_info', { festival: 'easter' }],
    ['when is good friday', 'get_date_info', { festival: 'good friday' }],
    ['离复活节还有多少天', 'get_date_info', { festival: '复活节' }],
    ['离春节还有多少天', 'get_date_info', { festival: '春节' }],
    ['How far is 26 miles in kilometres?', 'convert_units', { amount: 26, from: 'miles', to: 'kilometres' }],
    ['what is -40 celsius in fahrenheit', 'convert_units', { amount: -40, from: 'celsius', to: 'fahrenheit' }],
    ['how many grams are in two and a half pounds', undefined, {}],
    ['How many grams are in two pounds?', 'convert_units', { amount: 2, from: 'pounds', to: 'grams' }],
    ['convert 2.5 feet to metres', 'convert_units', { amount: 2.5, from: 'feet', to: 'metres' }],
    ['十五斤是多少公斤', 'convert_units', { amount: 15, from: '斤', to: '公斤' }],
    ['零下四十摄氏度是多少华氏度', 'convert_units', { amount: -40, from: '摄氏度', to: '华氏度' }],
    ['Is the light in the kitchen on?', 'home_find', { name: 'kitchen light' }],
    ['are the bedroom lamps still off', 'home_find', { name: 'bedroom lamp' }],
    ['厨房的灯开着吗', 'home_find', { name: '厨房灯' }],
    ['客厅窗帘关了没有', 'home_find', { name: '客厅窗帘' }],
    ['Be my English teacher.', 'change_role', { role: 'English Teacher' }],
    ['你来当我的英语老师', 'change_role', { role: '英语老师' }],
    ["What's the latest news?", 'get_news', {}],
    ['Read me the news.', 'get_news', {}],
    ['what are the headlines today', 'get_news', {}],
    ['今天有什么新闻', 'get_news', {}],
  ])('%s', async (text, tool, args) =>
    tool === undefined
      ? expect(understand(text).kind).toBe('unknown')
      : expect(await calls(text)).toEqual([tool, args]),
  );

  it.each([
    ['get_date_info', '2027年2月6日星期六 (in 73 days)', 'zh-CN', '2027年2月6日星期六，还有73天。'],
    ['convert_units', '15 斤 = 7.5 公斤', 'zh-CN', '15 斤是7.5 公斤。'],
    ['home_find', '厨房灯 (light.kitchen): on', 'zh-CN', '厨房灯：开着。'],
    ['home_find', 'Kitchen light (light.kitchen): off\nand 3 more', 'en-US', 'Kitchen light: off. and 3 more'],
    ['get_news', '1. One thing\n2. Another.', 'en-US', 'One thing. Another.'],
    ['self_screen_set_theme', 'true', 'en-US', 'OK.'],
  ])('get the answer of %s as a spoken sentence', async (tool, result, language, said) => {
    const asked: Readonly<Record<string, string>> = {
      get_date_info: '春节是哪天',
      convert_units: '十五斤是多少公斤',
      home_find: '厨房的灯开着吗',
      get_news: 'read the news',
      self_screen_set_theme: 'use the dark theme',
    };
    const { messages, ...request } = requestOf(asked[tool] ?? '');
    const content = JSON.stringify({ ok: true, result });
    const answered = [...messages, { role: 'tool' as const, toolCallId: 'a', name: tool, content }];
    expect(await firstDelta({ ...request, language, messages: answered })).toEqual({ type: 'text', text: said });
  });

  it.each([
    ['Turn on the light.', 'self_lamp_turn_on', 'en-US', 'OK.'],
    ['switch the lamp off', 'self_lamp_turn_off', 'en-US', 'OK.'],
    ['turn off the light', 'self_light_turn_off', 'en-US', 'OK.'],
    ['开灯', 'Lamp_TurnOn', 'zh-CN', '好的。'],
    ['把灯关掉', 'self_lamp_turn_off', 'zh-CN', '好的。'],
  ])('%s calls %s if the home has no other lamp', async (text, tool, language, said) => {
    const { messages, ...request } = { ...requestOf(text, [spec('self_get_device_status'), spec(tool)]), language };
    const asked = { messages, ...request };
    expect(answersByRules(asked)).toBe(true);
    expect(await firstDelta(asked)).toMatchObject({ type: 'tool_call', call: { name: tool, arguments: {} } });
    const result = { role: 'tool' as const, toolCallId: 'a', name: tool, content: '{"ok":true,"result":"true"}' };
    expect(await firstDelta({ ...request, messages: [...messages, result] })).toEqual({ type: 'text', text: said });
  });

  it.each([
    ['turn on the light', ['self_lamp_turn_off', 'self_lamp_get_state', 'self_backlight_turn_on']],
    ['turn on the light', ['light_turn_on']],
    ['turn on the kitchen light', ['self_lamp_turn_on']],
    ['turn on the fan', ['self_lamp_turn_on']],
    ['打开客厅灯', ['self_lamp_turn_on']],
    ['打开电视', ['self_lamp_turn_on']],
  ])('%s matches none of %j', async (text, names) => {
    const request = requestOf(text, names.map(spec));
    expect(answersByRules(request)).toBe(false);
    expect(await firstDelta(request)).toEqual({ type: 'text', text: '对不起，这里做不了这件事。' });
  });

  it('prefer the home to the lamp of the device', async () => {
    const request = requestOf('turn on the light', [spec('self_lamp_turn_on'), spec('home_control')]);
    expect(await firstDelta(request)).toMatchObject({ call: { name: 'home_control' } });
  });

  it('for an unknown or missing role are left to the model', () => {
    const sure = (text: string, tools = TOOLS): boolean => answersByRules(requestOf(text, tools));
    expect(sure('be my English teacher')).toBe(true);
    expect(sure('be my hero')).toBe(false);
    expect(sure('be my English teacher', [spec('change_role')])).toBe(false);
  });

  it.each([
    'tell me about the timer of a bomb',
    'I like the weather of spring',
    '我喜欢听你讲故事',
    '这个计时器怎么做的',
    'how much time do I have left for the exam',
    '离考试还有多少时间',
    'remind me to be a better person',
    'remind me of my youth at nine',
    '提醒我一下',
    '昨天九点他提醒我吃药了吗',
    '明天九点提醒我了吗',
    '明天九点提醒我的事取消',
    'remind me next Friday at nine to call',
    'tell the hall that',
    '你做饭吧',
    '你当心点',
    'tell me that you love me',
    'tell Tom that I am late',
    'tell the kitchen a story',
    'tell the study of mathematics in a few words',
    '告诉大家一个好消息',
    '告诉厨房在哪',
    'the dark theme of the novel',
    'use the dark side',
    '这个主题换成深色好看',
    'note the difference between cats and dogs',
    'write down a poem',
    '记一下吧',
    '我记得你说过什么',
    'remember that time in Paris',
    'remember my voice',
    'remember my voice when I am gone',
    'I am Anna',
    '记住我的声音',
    '记住我的声音，我是谁',
    '我叫小明',
    'do you remember that I like tea',
    '你记住了吗',
    'forget that',
    'forget about it',
    'forget that I said it',
    '忘记我密码是多少了',
    'when is my birthday',
    '春节的习俗是什么',
    '农历是怎么来的',
    'how far is the moon in kilometres',
    'how many people are in two miles',
    'what is 5 kilos in kilometres',
    'how many days are in a year',
    '十五斤苹果多少钱',
    '三个人是多少人',
    'is the light of the moon on earth',
    'is the kitchen on fire',
    '灯开着费电',
    'be careful',
    'you will be my English teacher',
    '你当过老师吗',
    'I have got news for you',
    '有一条新闻说天要下雨',
    'the next one is mine',
    'no',
    'what song is this from',
    'who is next',
    'the story of my life',
    'that was a story',
    '不要下一首',
    'I like stories, no, the next one is mine',
    '下一个是谁',
    '换一个话题',
    '这是什么意思',
    '他讲了一个故事',
    '讲的是什么故事',
    '讲讲你的故事',
  ])('are not recognised in: %s', (text) => expect(understand(text).kind).toBe('unknown'));

  it('are answered as impossible if the tool is missing or failed', async () => {
    expect(await firstDelta(requestOf('计时十分钟', []))).toEqual({ type: 'text', text: '对不起，这里做不了这件事。' });
    const request = requestOf('今天天气怎么样');
    const after = {
      ...request,
      messages: [
        ...request.messages,
        { role: 'tool' as const, toolCallId: 'a', name: 'get_weather', content: '{"ok":false,"error":"x"}' },
      ],
    };
    expect(await firstDelta(after)).toEqual({ type: 'text', text: '对不起，没有成功。' });
  });

  it('are answered by rules before the model if so configured, and all others by the model', async () => {
    const asked: string[] = [];
    const model = {
      id: 'cloud',
      local: false,
      async *stream(request: LlmRequest): AsyncGenerator<LlmDelta> {
        asked.push(request.messages[0]?.content ?? '');
        yield await Promise.resolve({ type: 'text', text: 'from the cloud' });
      },
    };
    const rules = createOfflineAssistant({ clock: new FakeClock(NOW_MS) });
    const both = withRulesFirst(model, rules, answersByRules);
    for (const text of ['计时十分钟', '现在几点', '讲个故事吧', '你好'])
      for await (const _ of both.stream(requestOf(text), new AbortController().signal));
    for await (const _ of both.stream(requestOf('计时十分钟', []), new AbortController().signal));
    expect(asked).toEqual(['讲个故事吧', '你好', '计时十分钟']);
    expect(both).toMatchObject({ id: 'cloud', local: false });
  });

  it('for a story are left to a model, or repeated if there is neither a model nor music', async () => {
    for (const text of ['Tell me a story.', '讲个故事']) {
      expect(answersByRules(requestOf(text))).toBe(false);
      const said = await firstDelta(requestOf(text, []));
      expect(said).toMatchObject({ type: 'text', text: expect.stringContaining('chorus setup') as string });
    }
  });
});
