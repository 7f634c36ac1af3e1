import { systemErrorWords, type UiLanguage } from '../../core/index.js';

const en = {
  help: {
    say: 'WAV file to say; may be repeated for a conversation. Without it: the microphone',
    mode: 'auto (the server notices the end), manual (push to talk), realtime (the microphone stays open)',
    url: 'OTA address of the server (otherwise the server of the data folder, on whatever port)',
    save: 'write what the device played to this WAV file',
    play: 'play the answer on this machine',
    queue: 'packets the device can hold: 40 (firmware 1.6-2.4), 20, 5 (before 1.6)',
    framing: 'binary framing 1, 2 or 3',
    language: 'language the device says it has, e.g. zh-CN or en-US (otherwise that of this command)',
    wake: 'begin with this wake word instead of the button',
    deviceId: 'MAC address of the device (otherwise always the same made-up one)',
    byCode: 'pair by six digits as a device would (with auth.pairing: code), not by the secret of the data folder',
    timeout: 'seconds to wait for an answer',
    after: `
Examples:
  chorus device --say hello.wav                        say a recording, print what was heard and answered
  chorus device --say hello.wav --save reply.wav       and keep the answer
  chorus device                                        talk with the microphone of this machine`,
  },
  connecting: (url: string) => `Connecting to ${url}`,
  code: (code: string, data: string) =>
    `The server wants this device to be paired. On the server: npx chorus devices approve ${code}${data}`,
  says: (file: string, seconds: string) => `says ${file} (${seconds} s)`,
  heard: 'Heard',
  nothingHeard: '(nothing)',
  answer: 'Answer',
  noAnswer: (seconds: string) => `No answer came within ${seconds} s.`,
  closedByServer: 'The server closed the connection before it had answered to the end.',
  unfinished: 'The answer was begun and never ended (no `tts stop`).',
  excuses: {
    busy: 'That is no answer: the server is busy.',
    apology: 'That is no answer: the server says why it has none.',
    not_heard: 'That is no answer: the server understood nothing.',
  },
  cutOff: 'The server answered before the end of what was said.',
  timeline: 'Timeline, ms after the last word',
  stages: {
    heard: 'text recognised',
    start: 'reply announced',
    packet: 'first packet',
    sound: 'first sound heard',
    stop: 'end announced',
    played: 'all heard',
  },
  underruns: (count: number, ms: number) =>
    count === 0 ? 'no underrun' : `${count} underrun${count === 1 ? '' : 's'}, ${ms} ms of silence in the reply`,
  overflows: (count: number) =>
    count === 0 ? 'no overflow' : `${count} packet${count === 1 ? '' : 's'} lost: the device's queue was full`,
  packets: (count: number, spacingMs: string) => `${count} packets; the closest two came ${spacingMs} ms apart`,
  violations: 'The server broke the protocol',
  saved: (file: string) => `Wrote ${file}.`,
  nothingToSave: 'Nothing was played, so nothing was written.',
  noPlayer: 'No program that plays WAV was found (aplay, paplay, play, ffplay, afplay).',
  noRecorder:
    'No program that records was found. Install one of: ' +
    'arecord (alsa-utils), parecord (pulseaudio-utils), rec (sox), ffmpeg. Or say a file: ' +
    'chorus device --say clip.wav',
  recorderFailed: (program: string, detail: string) => `${program} cannot record: ${detail}`,
  live: (program: string) => `Microphone: ${program}. Speak; Enter: wake or interrupt, q and Enter: hang up.`,
  liveNeedsTerminal: 'The interactive mode needs a terminal. Say a file instead: chorus device --say clip.wav',
  you: 'you',
  it: 'it',
  hungUp: 'Hung up.',
  badWav: (file: string, detail: string) => `${file} cannot be used: ${systemErrorWords(detail, 'en')}`,
  notPlainWav: (detail: string) => detail,
  empty: (file: string) => `${file} holds no sound`,
};

const zh: typeof en = {
  help: {
    say: '要说的 WAV 文件；写多次就是多轮对话。不写则用麦克风',
    mode: 'auto（服务器判断说完）、manual（按住说话）、realtime（麦克风一直开着）',
    url: '服务器的 OTA 地址（不写则为使用这个数据文件夹的服务器，不论端口）',
    save: '把设备播放的声音写入这个 WAV 文件',
    play: '在本机播放回答',
    queue: '设备能缓存的包数：40（固件 1.6-2.4）、20、5（1.6 之前）',
    framing: '二进制帧版本 1、2 或 3',
    language: '设备自称的语言，例如 zh-CN 或 en-US（不写则与本命令相同）',
    wake: '用这个唤醒词开始，而不是按键',
    deviceId: '设备的 MAC 地址（不写则总是同一个虚构的地址）',
    byCode: '像真实设备那样用六位数字配对（配合 auth.pairing: code），不用数据文件夹里的密钥',
    timeout: '等待回答的秒数',
    after: `
例子：
  chorus device --say hello.wav                        说一段录音，显示听到和回答的内容
  chorus device --say hello.wav --save reply.wav       并保存回答
  chorus device                                        用本机的麦克风对话`,
  },
  connecting: (url) => `正在连接 ${url}`,
  code: (code, data) => `服务器要求配对这台设备。请在服务器上运行：npx chorus devices approve ${code}${data}`,
  says: (file, seconds) => `说 ${file}（${seconds} 秒）`,
  heard: '听到',
  nothingHeard: '（什么都没有）',
  answer: '回答',
  noAnswer: (seconds) => `${seconds} 秒内没有回答。`,
  closedByServer: '服务器没有答完就关闭了连接。',
  unfinished: '回答开始了却没有结束（没有 `tts stop`）。',
  excuses: {
    busy: '这不算回答：服务器正忙。',
    apology: '这不算回答：服务器说明了为什么答不了。',
    not_heard: '这不算回答：服务器什么也没听懂。',
  },
  cutOff: '话还没说完服务器就开始回答了。',
  timeline: '时间线：说完最后一个字之后的毫秒数',
  stages: {
    heard: '识别出文字',
    start: '宣布回答',
    packet: '第一个包',
    sound: '听到第一声',
    stop: '宣布结束',
    played: '全部听完',
  },
  underruns: (count, ms) => (count === 0 ? '没有断流' : `断流 ${count} 次，回答中共 ${ms} 毫秒没有声音`),
  overflows: (count) => (count === 0 ? '没有溢出' : `丢了 ${count} 个包：设备的队列满了`),
  packets: (count, spacingMs) => `${count} 个包，相邻两个最少相隔 ${spacingMs} 毫秒`,
  violations: '服务器违反了协议',
  saved: (file) => `已写入 ${file}。`,
  nothingToSave: '没有播放声音，所以没有写文件。',
  noPlayer: '没有找到能播放 WAV 的程序（aplay、paplay、play、ffplay、afplay）。',
  noRecorder:
    '没有找到录音程序。请安装其中之一：arecord（alsa-utils）、parecord（pulseaudio-utils）、rec（sox）、ffmpeg。' +
    '或者说一段录音：chorus device --say clip.wav',
  recorderFailed: (program, detail) => `${program} 无法录音：${detail}`,
  live: (program) => `麦克风：${program}。请说话；回车：唤醒或打断，q 加回车：挂断。`,
  liveNeedsTerminal: '交互模式需要终端。可以改为说一段录音：chorus device --say clip.wav',
  you: '你',
  it: '它',
  hungUp: '已挂断。',
  badWav: (file, detail) => `无法读取 ${file}：${systemErrorWords(detail, 'zh')}`,
  notPlainWav: () => '它不是普通的 WAV 文件（PCM，单声道或立体声）',
  empty: (file) => `${file} 里没有声音`,
};

export const deviceWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
