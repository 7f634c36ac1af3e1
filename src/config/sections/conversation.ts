import { z } from 'zod';
import { SPEAKER_MODELS } from '../../engines/index.js';
import { described, httpUrl, memorySections, secret, text, words } from '../../providers/index.js';
import { MEMORY_KINDS, PATIENCE } from '../../records/index.js';
import { ms } from './shared.js';

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const vad = z.strictObject({
  patience: described(
    z.enum(PATIENCE).default('normal').meta({ live: true }),
    'How long a pause may be before it is taken for the end. patient: for children, learners and old people. ' +
      'An agent may have its own.',
    '停顿多久才算说完。quick：快；normal：一般；patient：耐心，适合孩子、学习者和老人。智能体可以有自己的设置。',
  ),
  smart_turn: described(
    z.enum(['auto', 'off']).default('auto').meta({ live: true }),
    'auto: when the words leave doubt, the model smart-turn-v3 hears whether the voice sounds complete; if not, the ' +
      'pause may be longer. Only if it is installed (chorus models pull smart-turn-v3); not with patience quick.',
    'auto：文字看不出是否说完时，由模型 smart-turn-v3 听语气是否说完了；没说完，就多等一会儿。' +
      '要先安装它（chorus models pull smart-turn-v3）；patience 为 quick 时不用。off：不用。',
  ),
  smart_turn_load: described(
    z.number().min(0).max(1).default(0.8).meta({ live: true }),
    'Share of the conversations that fit on the machine; with more, smart-turn-v3 is not asked.',
    '本机能容纳的对话数的一部分；超过它，就不问 smart-turn-v3。',
  ),
  window_samples: z
    .literal(512)
    .default(512)
    .meta(words('Samples per decision. The model knows only 512.', '每次判断的采样数。模型只认 512。')),
  threshold: described(
    z.number().min(0.05).max(0.95).default(0.5),
    'Speech probability at which speech begins.',
    '语音概率达到它，算开始说话。',
  ),
  threshold_off: described(
    z.number().min(0.01).max(0.95).default(0.35),
    'Speech probability below which speech ends. Below vad.threshold.',
    '语音概率低于它，算停止说话。小于 vad.threshold。',
  ),
  min_speech_ms: ms(2000).default(160).meta(words('Shorter sounds are not speech.', '更短的声音不算说话。')),
  pre_roll_ms: ms(2000)
    .default(200)
    .meta(words('Audio kept from before the speech was noticed.', '保留察觉说话之前多久的声音。')),
  speculate_silence_ms: described(
    z.int().min(32).max(2000).optional().meta({ live: true }),
    'Silence after which recognition starts, before the end is certain. Default: 128 ms, and 32 ms where a ' +
      'language model begins its answer early (llm.speculative). While speech is likely, up to 96 ms are needed.',
    '安静这么久就开始识别，不等到确定说完。不设置时 128 毫秒；大模型提前开始回答（llm.speculative）时 32 毫秒。还很像在说话时，最多要 96 毫秒。',
  ),
  min_silence_ms: described(
    z.int().min(200).max(5000).optional().meta({ live: true }),
    'Shortest silence that ends a turn. Without it: quick 300 ms, normal 350 ms, patient 800 ms.',
    '至少安静多久才算说完。不设置时：quick 300 毫秒，normal 350 毫秒，patient 800 毫秒。',
  ),
  max_silence_ms: described(
    z.int().min(200).max(5000).optional().meta({ live: true }),
    'Longest silence that is waited for. Without it: quick 1200 ms, normal 2000 ms, patient 3000 ms.',
    '最多等多久的安静。不设置时：quick 1200 毫秒，normal 2000 毫秒，patient 3000 毫秒。',
  ),
  max_segment_ms: described(
    z.int().min(2000).max(20_000).default(15_000),
    'A longer utterance is cut into pieces; longer pieces make recognition take memory for good.',
    '更长的话切成几段；太长的段会让识别永久多占内存。',
  ),
  piece_ms: described(
    z.int().min(1000).max(20_000).default(2000),
    'Speech after which an utterance is recognised piece by piece at its pauses.',
    '说了这么久之后，在停顿处一段一段地识别。',
  ),
  barge_in_ms: described(
    z.int().min(100).max(2000).default(256),
    'Speech over a reply that interrupts it (realtime mode).',
    '在回答中说话达到这么久，就打断回答（realtime 模式）。',
  ),
});

export const session = z.strictObject({
  language: described(
    z
      .string()
      .regex(/^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/)
      .meta({ examples: ['auto', 'zh-CN', 'en-US'] })
      .default('auto')
      .meta({ live: false }),
    'The language of devices that do not say theirs, and the one that is loaded at start: zh-CN, ' +
      'en-US ... auto: English.',
    '没有说明语言的设备用什么语言，启动时也按它加载：zh-CN、en-US……auto：英语。',
  ),
  time_zone: described(
    text(64)
      .refine((name) => name === 'auto' || isTimeZone(name))
      .meta({ examples: ['auto', 'Asia/Shanghai', 'Europe/Berlin'] })
      .default('auto')
      .meta({ live: false }),
    'auto: Asia/Shanghai for a zh-CN device, else that of this machine; else a name such as Europe/Berlin.',
    'auto：zh-CN 的设备用 Asia/Shanghai，其余用这台机器的；也可以写名称，例如 Europe/Berlin。',
  ),
  greeting: z
    .boolean()
    .default(true)
    .meta(words('Answer a bare wake word with a short greeting.', '只说唤醒词时，用一句简短的招呼回应。')),
  exit_words: described(
    z.array(text(64)).max(64).default(['退出', '关闭', '再见', '拜拜', 'goodbye']),
    'One of these as the whole utterance ends the conversation.',
    '整句话就是其中之一时，结束对话。',
  ),
  interrupt_words: described(
    z.int().min(1).max(10).default(1).meta({ live: true }),
    'Words (Chinese, Japanese: characters) over an answer that stop it in realtime mode. A ' +
      'cough, noise, "uh-huh", or a single short word that is no command and no question, only pauses it.',
    'realtime 模式下在回答中说几个词（中文、日文按字数）才打断回答。咳嗽、噪声、"嗯"，以及不是命令也不是提问的一个短词，只会让它停一下再接着说。',
  ),
  ignore_overheard: described(
    z.boolean().default(true).meta({ live: true }),
    'What was probably not said to the device is not answered: its own echo, a script that is not of the language, ' +
      'talk or television far quieter than who usually talks, and single words that recognisers make of noise. Who ' +
      'says it again is answered; push to talk always is. Counted by reason in chorus_overheard_total.',
    '认为不是对设备说的话就不回答：它自己的回声、不是这种语言的文字、比平时说话的人轻得多的谈话或电视声、识别器由噪声得出的单个词。' +
      '再说一遍就会回答；按键说话总会回答。按原因计入 chorus_overheard_total。',
  ),
  wake_words: described(
    z
      .array(text(64))
      .max(64)
      .default([
        '你好小智',
        '小智小智',
        '小智同学',
        '嗨小智',
        '你好小新',
        '你好喵伴',
        '嗨乐鑫',
        '小爱同学',
        '小美同学',
        '小鸭小鸭',
        'hi xiaozhi',
        'hey xiaozhi',
        'hi esp',
        'hi lexin',
        'hi jason',
        'hi joy',
        'alexa',
        'jarvis',
        'computer',
        'sophia',
        'mycroft',
        'hey willow',
        'hey wanda',
      ])
      .meta({ live: true }),
    'Wake words of devices. Any other text that a client sends in its place is what its user typed, ' +
      'and is answered.',
    '设备的唤醒词。客户端在它的位置上发来的其他文字，就是用户输入的话，会得到回答。',
  ),
  idle_farewell_ms: described(
    z.int().min(5000).max(110_000).default(60_000),
    'After that much silence the device says goodbye.',
    '安静这么久以后，设备说再见。',
  ),
  idle_close_ms: described(
    z.int().min(6000).max(119_000).default(70_000),
    'After that much silence the connection is closed. Firmware drops connections that are silent ' +
      'for 120 s, so it stays below.',
    '安静这么久以后，关闭连接。固件会断开安静了 120 秒的连接，所以要小于它。',
  ),
  hold_for_timers_ms: described(
    z.int().min(0).max(3_600_000).default(900_000).meta({ live: true }),
    'A silent device stays connected for a timer, alarm or reminder that is due within this time, since nothing ' +
      'wakes a device that has hung up. Instead of the farewell it then answers only words with one of ' +
      'session.wake_words in them, or the button. What an open microphone hears is still recognised. 0: only for ' +
      'the last minute.',
    '在这段时间内到点的计时器、闹钟或提醒，会让安静的设备保持连接，因为挂断的设备无法叫醒。这时不说再见，' +
      '只回答带有 session.wake_words 之一的话，或者按键；开着的麦克风仍会被识别。0：只在最后一分钟保持。',
  ),
  alarm_tone: described(
    z.boolean().default(true).meta({ live: true }),
    'An alarm begins with a ring of 1.4 s, then it is spoken.',
    '闹钟先响 1.4 秒的铃声，再说话。',
  ),
  live_subtitles: z
    .boolean()
    .default(false)
    .meta(
      words(
        'Show what is understood on the device while its user still speaks. Needs a recogniser that hears while ' +
          'somebody speaks; a screen that lists each message in a bubble of its own shows many.',
        '用户还在说话时，就在设备上显示已经听懂的文字。需要边说边识别的识别器；把每条消息显示成一个气泡的屏幕会出现很多条。',
      ),
    ),
  filler_ms: described(
    z.int().min(0).max(30_000).default(1200),
    'When a reply is not heard by then, a short "let me think" is, or "one moment" where something is to be ' +
      'done; once more after 8 s. 0: never.',
    '到这时还听不到回答，就先说一句“我想一下”，要办事时说“请稍等”；8 秒后再说一次。0：从不说。',
  ),
  hint_tone: described(
    z.boolean().default(false).meta({ live: true }),
    'A soft tone of two notes instead of the words of session.filler_ms.',
    '用两个音的轻柔提示音，代替 session.filler_ms 的那些话。',
  ),
  busy_wait_ms: described(
    z.int().min(0).max(30_000).default(400),
    'How long a device waits for room before it is told that the server is busy.',
    '设备等空位等这么久，仍没有就被告知服务器正忙。',
  ),
  resume_ms: described(
    z.int().min(0).max(86_400_000).default(600_000),
    'A device that comes back within this time continues its conversation; 0: every connection is a new one.',
    '设备在这段时间内再连上来，就接着之前的对话；0：每次连接都是新对话。',
  ),
  conversation_ms: described(
    z.int().min(0).max(600_000).default(30_000),
    'While devices wait, one whose last turn ended less than this long ago goes before new ones.',
    '排队时，上一轮结束不到这么久的设备排在新设备前面。',
  ),
});

export const memory = z.strictObject({
  kind: described(
    z.enum(MEMORY_KINDS).default('none'),
    'Memory beyond a conversation, unless an agent says otherwise. facts: single facts, found ' +
      'by their words. summary: one text. mem0: the service of memory.mem0. The language model reads each ' +
      'conversation for it when it is over.',
    '跨对话记住什么，智能体另有设置的除外。facts：一条条事实，按词检索。summary：一段摘要。mem0：memory.mem0 的服务。' +
      '为此，每次对话结束后由大模型读一遍。',
  ),
  ...memorySections,
});

export const knowledge = z.strictObject({
  automatic: described(
    z.boolean().default(true),
    "Passages of the owner's documents that clearly belong to what was said are given to the language model at " +
      'once. Off: it has to look for them with its tool, which takes one more round.',
    '主人的文档里与所说内容明显相关的段落，直接交给大模型。关闭时它要用工具自己查找，多一轮往返。',
  ),
  embedding: described(
    z
      .strictObject({
        model: described(
          text(128)
            .optional()
            .meta({ examples: ['text-embedding-v4', 'bge-m3'] }),
          'Embedding model, by which documents are found also in other words; unproven. Without it they are found by ' +
            'their words alone. Their texts are sent to its service.',
          '向量模型，说法不同也能找到文档；尚未实测。不设置时只按字词查找。文档内容会发给它的服务。',
        ),
        service: described(
          text(64).optional(),
          'Service of the model: a name of llm.services. Without it the one of llm.',
          '由哪个服务提供：llm.services 里的一个名字。不设置时用 llm 的服务。',
        ),
        base_url: described(
          httpUrl.optional().meta({ examples: ['http://192.168.1.20:11434/v1'] }),
          'Address of an OpenAI-compatible service for it, up to and including /v1, in place of that of the service; ' +
            'it gets only the key below.',
          '它自己的 OpenAI 兼容服务的地址，写到 /v1 为止，代替上面服务的地址；只会收到下面的密钥。',
        ),
        api_key: secret(
          'Its key. Without it, and without an address of its own, that of the service.',
          '它的密钥。不设置、也没有自己的地址时，用上面服务的密钥。',
        ),
        query_ms: described(
          z.int().min(50).max(1000).default(250),
          'Longest wait of an answer for the vector of what was said. What is later is left out of this answer.',
          '回答最多等所说内容的向量多久。更晚的不用于这次回答。',
        ),
        batch: described(
          z.int().min(1).max(32).default(10),
          'Passages in one request. Some services take no more than 10.',
          '一次请求发送几段。有的服务最多接受 10 段。',
        ),
        similarity: described(
          z.number().min(0).max(1).default(0.5),
          'Similarity from which on a passage belongs to what was said. It depends on the model: ' +
            '`chorus knowledge search` shows what is found.',
          '相似度达到多少才算与所说内容有关。因模型而异：用 `chorus knowledge search` 查看找到了什么。',
        ),
      })
      .prefault({}),
    'Search by meaning beside the search by words.',
    '除按字词外，还按意思查找。',
  ),
});

export const voiceprint = z.strictObject({
  url: described(
    httpUrl.optional().meta({ examples: ['http://192.168.1.20:8005/voiceprint/health?key=the-key'] }),
    'Address of a voiceprint-api server, which tells by the voice who speaks; unproven. Its health address with the ' +
      'key is taken, too. It goes before `voiceprint.model`; without both nobody is told apart.',
    'voiceprint-api 服务器的地址，它按声音识别说话的人；尚未实测。也可以填带密钥的健康检查地址。优先于 `voiceprint.model`；两者都不设时不区分说话的人。',
  ),
  api_key: secret('Its key, unless the address has it.', '它的密钥；地址里已有时不用填。'),
  model: described(
    z.enum(SPEAKER_MODELS).optional(),
    'Model of this machine that tells voices apart, in place of a server: docs/people.md; unproven. It is fetched by ' +
      'itself (`models.auto_pull`). Who was introduced to another model has to be introduced again.',
    '本机用来区分说话人的模型，用来代替服务器，见 docs/people.md；尚未实测。会自动下载（`models.auto_pull`）。换模型后要重新介绍每个人。',
  ),
  serve_key: secret(
    'Key with which other programs may use `voiceprint.model` by the voiceprint-api, under `/voiceprint`; without it ' +
      'they may not.',
    '其他程序凭此密钥通过 voiceprint-api（`/voiceprint`）使用 `voiceprint.model`；不设置则不提供。',
    8,
  ),
  threshold: described(
    z.number().min(0).max(1).default(0.4),
    'Similarity from which on a voice counts as known.',
    '相似度达到多少才算认识这个声音。',
  ),
});

export const pacing = z.strictObject({
  lead_start_packets: described(
    z.int().min(1).max(30).default(3),
    'Packets (60 ms) sent ahead when a reply begins.',
    '回答开始时提前发送的包数（每包 60 毫秒）。',
  ),
  lead_max_packets: described(
    z.int().min(1).max(30).default(10),
    'Packets sent ahead once the voice is faster than speech; never more than the device can hold, and at most 5 ' +
      'in realtime mode, where somebody may interrupt.',
    '声音比说话快以后最多提前多少包；绝不超过设备装得下的数量；realtime 模式下有人会打断，最多 5 包。',
  ),
  min_spacing_ms: described(
    z.int().min(20).max(60).default(20),
    'Shortest distance of two packets. Bursts have crashed single-core boards.',
    '两个包之间的最短间隔。连发曾使单核的板子崩溃。',
  ),
  start_gap_ms: described(
    z.int().min(100).max(1000).default(100),
    'Distance from "now I speak" to the first sound; earlier sound is lost in the device.',
    '从“现在我要说话”到第一个声音的间隔；更早的声音会在设备里丢失。',
  ),
  boards: described(
    z.record(text(128), z.int().min(1).max(40)).default({}),
    'Packets that boards of a name can hold, for example {"bread-compact-esp32": 4}; goes before the ' +
      'firmware version.',
    '某个名称的板子装得下多少包，例如 {"bread-compact-esp32": 4}；优先于固件版本。',
  ),
});
