import type { UiLanguage } from '../../core/index.js';

const en = {
  devices: 'simulated devices that talk',
  duration: 'seconds that count',
  warmup: 'seconds before, in which devices boot and begin to talk',
  beginWithin: 'everybody begins to talk within so many seconds, right after the server is ready',
  scenario:
    'what the people in front of the devices do: steady, wake-storm, boot-storm, churn, slow-links, ' +
    'long-talker, silent, idle, noisy, reconnect',
  asr:
    'recognition: installed (what the server chooses), sensevoice-cost (costs what SenseVoice costs; ' +
    'the real one where it is installed), or the id of a model',
  llm: 'language model: stand-in (on loopback) or offline (the built-in assistant)',
  tts: 'voice: stand-in (as Edge), stand-in-pcm (as OpenAI), or one of this machine: flite, espeak, the id of a model',
  queue: 'packets the devices can hold: 5, 20, 40, or mix for all three',
  framing: 'binary framing of the devices: 1, 2, 3, or mix for all three',
  language: 'language the devices say they have',
  seed: 'the same seed, devices and scenario: the same load',
  set: 'set one configuration key of the server under test; may be repeated',
  json: 'write the result as JSON to this file',
  html: 'write the result as a page to this file',
  findCapacity: 'find how many devices are served within the service level (admission off; up to 10 minutes)',
  maxDevices: 'with --find-capacity: do not look beyond so many',
  compare: 'compare with this earlier result (JSON)',
  baseline:
    'kernels: measure the bare CPU cost of the same recognition, voice activity, MP3 and Opus work, ' +
    'before and after the run',
  url: 'OTA address of a server that runs already, instead of one of its own',
  pid: 'with --url: its main process on this machine, for CPU and memory',
  data: 'folder whose models are used (models/ in it); with --url the folder of that server',
  cpuTarget: 'CPU of the server that is still good, as a share of the cores it may use',
  firstSound:
    'milliseconds from the end of speech to the first sound that are still good for half, ' +
    'and for 95 of 100 turns (without the language model’s own time)',
  llmFirstToken: 'stand-in: milliseconds to the first token',
  llmSpeed: 'stand-in: tokens a second',
  reply: 'stand-in: seconds a spoken reply lasts on average, and their spread',
  ttsFirstByte: 'stand-in: milliseconds to the first byte of a voice',
  ttsSpeed: 'stand-in: so many times as fast as it is played',
  behaviour: 'stand-in: everything as JSON (errors, tool calls, distributions); see docs/bench.md',
  launcher: 'start the server through this command, for example "cgexec -g cpu:small"',
  standIns: 'start the stand-ins for a language model and a voice alone, for load generators of your own',
  llmPort: 'port of the OpenAI-compatible language model (0: any)',
  ttsPort: 'port of the voice, Edge’s WebSocket protocol and OpenAI’s /v1/audio/speech (0: any)',
  host: 'address to listen on',
  standInsJson: 'print the ports as one line of JSON',
  makeModel: 'write the model that costs what SenseVoice costs and understands nothing (240 MB)',
  force: 'write it again',
  after: `
Examples:
  chorus bench --devices 10                                   ten devices talk for two minutes to a server of its own
  chorus bench --find-capacity --html report.html             how many this machine carries
  chorus bench --devices 40 --asr sensevoice-cost --baseline kernels --json a.json

Exit codes: 0 the service level holds, 1 it does not, 9 nothing can be said of the server`,
  standInsAt: (llm: string, edge: string, speech: string) =>
    `Language model (OpenAI-compatible): ${llm}\nVoice (Edge):  ${edge}\nVoice ` +
    `(OpenAI): ${speech}\nCtrl+C ends them.\n`,
  made: (directory: string) => `The model is in ${directory}. Use it with --set asr.model=sensevoice-cost.\n`,
  standInsAfter:
    '\nand of `chorus bench`: --seed, --llm-first-token, --llm-tokens-per-second, --reply, --tts-first-byte, ' +
    '--tts-speed, --behaviour',
  makeModelAfter: '\nand of `chorus bench`: --data, --seed',
  making: 'writing the model',
  wrote: (file: string) => `written: ${file}\n`,
  running: (devices: number, scenario: string, seconds: number) =>
    `${devices} devices, scenario ${scenario}, ${seconds} s`,
  trial: {
    probe: (devices: number) => `trying ${devices} devices`,
    confirm: (devices: number) => `a longer run with ${devices}, to confirm`,
    refute: (devices: number) => `a longer run with ${devices}, which should not hold`,
  },
  notWithUrl: 'only with a server of its own (without --url)',
  wholeNumber: (least: number) => `It must be a whole number of at least ${least}.`,
  badValue: (name: string, value: string, allowed: string) => `${name} ${value}: ${allowed}`,
};

type BenchWords = typeof en;

const zh: BenchWords = {
  devices: '同时对话的模拟设备数',
  duration: '计入结果的秒数',
  warmup: '此前的预热秒数，设备在这段时间启动并开始对话',
  beginWithin: '服务器一就绪，所有设备在这么多秒内开始说话',
  scenario:
    '设备前的人做什么：steady、wake-storm、boot-storm、churn、slow-links、long-talker、silent、idle、noisy、reconnect',
  asr: '语音识别：installed（由服务器选择）、sensevoice-cost（运算量与 SenseVoice 相同；已安装真模型则用真的）或模型编号',
  llm: '大模型：stand-in（本机替身）或 offline（内置助手）',
  tts: '语音合成：stand-in（同 Edge）、stand-in-pcm（同 OpenAI），或本机的 flite、espeak、模型编号',
  queue: '设备能存放的包数：5、20、40，mix 表示三种都有',
  framing: '设备的二进制帧版本：1、2、3，mix 表示三种都有',
  language: '设备声明的语言',
  seed: '种子、设备数和场景相同，负载就相同',
  set: '设置被测服务器的一个配置项；可重复',
  json: '把结果以 JSON 写入该文件',
  html: '把结果写成网页文件',
  findCapacity: '找出在服务标准之内能承载多少台设备（关闭接纳控制；最长 10 分钟）',
  maxDevices: '与 --find-capacity 合用：最多找到这个数',
  compare: '与先前的结果（JSON）比较',
  baseline: 'kernels：测试前后各测量一次同样的识别、语音检测、MP3 和 Opus 运算本身的 CPU 成本',
  url: '已在运行的服务器的 OTA 地址，不另外启动服务器',
  pid: '与 --url 合用：它在本机的主进程号，用于测量 CPU 和内存',
  data: '使用其中模型（models/）的文件夹；与 --url 合用时是那台服务器的数据文件夹',
  cpuTarget: '服务器 CPU 占可用核心的比例，不超过它才算好',
  firstSound: '从话说完到第一声的毫秒数，分别对一半和 95% 的对话，不超过它才算好（不计大模型自己的时间）',
  llmFirstToken: '替身：到第一个词元的毫秒数',
  llmSpeed: '替身：每秒词元数',
  reply: '替身：一次回答平均念几秒，以及离散程度',
  ttsFirstByte: '替身：语音第一个字节的毫秒数',
  ttsSpeed: '替身：以播放速度的几倍发送',
  behaviour: '替身：全部选项的 JSON（错误、工具调用、分布），见 docs/bench.md',
  launcher: '通过该命令启动服务器，例如 "cgexec -g cpu:small"',
  standIns: '只启动大模型和语音合成的替身，供自己的压测工具使用',
  llmPort: '大模型（OpenAI 兼容）的端口（0：任意）',
  ttsPort: '语音合成（Edge 的 WebSocket 协议和 OpenAI 的 /v1/audio/speech）的端口（0：任意）',
  host: '监听地址',
  standInsJson: '以一行 JSON 输出端口',
  makeModel: '生成运算量与 SenseVoice 相同、但听不懂话的模型（240 MB）',
  force: '重新生成',
  after: `
示例：
  chorus bench --devices 10                                   十台设备与一台专用服务器对话两分钟
  chorus bench --find-capacity --html report.html             这台机器能承载多少台
  chorus bench --devices 40 --asr sensevoice-cost --baseline kernels --json a.json

退出码：0 达到服务标准，1 未达到，9 不能对服务器下结论`,
  standInsAt: (llm, edge, speech) =>
    `大模型（OpenAI 兼容）：${llm}\n语音合成（Edge）：${edge}\n语音合成（OpenAI）：${speech}\n按 Ctrl+C 结束。\n`,
  made: (directory) => `模型在 ${directory}。用 --set asr.model=sensevoice-cost 使用它。\n`,
  standInsAfter:
    '\n以及 `chorus bench` 的 --seed、--llm-first-token、--llm-tokens-per-second、--reply、--tts-first-byte、' +
    '--tts-speed、--behaviour',
  makeModelAfter: '\n以及 `chorus bench` 的 --data、--seed',
  making: '正在生成模型',
  wrote: (file) => `已写入：${file}\n`,
  running: (devices, scenario, seconds) => `${devices} 台设备，场景 ${scenario}，${seconds} 秒`,
  trial: {
    probe: (devices) => `尝试 ${devices} 台设备`,
    confirm: (devices) => `用较长的测试确认 ${devices} 台`,
    refute: (devices) => `较长的测试：${devices} 台，应当达不到标准`,
  },
  notWithUrl: '只能用于自行启动的服务器（不带 --url）',
  wholeNumber: (least) => `应为至少是 ${least} 的整数。`,
  badValue: (name, value, allowed) => `${name} ${value}：${allowed}`,
};

export const benchWords: Readonly<Record<UiLanguage, BenchWords>> = { en, zh };
