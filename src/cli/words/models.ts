import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    list: 'list the models: installed or missing, size, languages, licence',
    pull: 'fetch a model (resumes after a cut; the hash is checked)',
    verify: 'read every byte of installed models and compare the hashes',
    rm: 'remove a model',
    id: 'id of a model, see `chorus models list`',
    ids: 'ids of models (none: all installed ones)',
    from: 'base address of the files, or of an archive, instead of the mirrors',
    file: 'an archive or folder on this machine, for machines without internet',
    force: 'fetch again what is there',
  },
  state: {
    installed: 'installed',
    missing: 'missing',
    downloading: 'downloading',
    checking: 'checking',
    unpacking: 'unpacking',
    waiting: 'waiting',
  },
  kinds: { asr: 'hears', tts: 'speaks', vad: 'voice activity', speaker: 'tells voices apart', turn: 'end of turns' },
  included: 'included',
  unverified: 'size or hash not yet confirmed from the source',
  pulled: (id: string) => `${id} is installed.`,
  removed: (id: string) => `${id} was removed.`,
  notInstalled: (id: string) => `${id} is not installed.`,
  intact: (id: string) => `${id}: every file is as it should be`,
  broken: (id: string, file: string, what: string) => `${id}: ${file}: ${what}`,
  results: { ok: 'right', missing: 'missing', 'wrong size': 'wrong size', 'wrong hash': 'wrong hash' },
  none: 'No model is installed.',
  chinese: (id: string, megabytes: number, command: string) =>
    `A Chinese device needs ${id} (${megabytes} MB). The server downloads it when the first such device connects; ` +
    `until then the device only says so. To download it now: ${command}`,
  rate: (perSecond: string, left: string) => `${perSecond} MB/s, ${left} left`,
  left: (minutes: number, seconds: number) => (minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`),
  from: (mirror: string) => `from ${mirror}`,
};

const zh: typeof en = {
  help: {
    list: '列出模型：是否已安装、大小、语言、许可证',
    pull: '下载模型（中断后可续传，会校验哈希）',
    verify: '读取已安装模型的每个字节并比对哈希',
    rm: '删除模型',
    id: '模型编号，见 `chorus models list`',
    ids: '模型编号（不写则为所有已安装的）',
    from: '用这个地址（文件所在目录或压缩包）代替镜像站',
    file: '本机上的压缩包或文件夹，用于没有网络的机器',
    force: '已有的也重新下载',
  },
  state: {
    installed: '已安装',
    missing: '未安装',
    downloading: '下载中',
    checking: '校验中',
    unpacking: '解压中',
    waiting: '等待重试',
  },
  kinds: { asr: '识别', tts: '合成', vad: '语音检测', speaker: '区分说话人', turn: '判断说完' },
  included: '随附',
  unverified: '大小或哈希尚未从来源确认',
  pulled: (id) => `${id} 已安装。`,
  removed: (id) => `${id} 已删除。`,
  notInstalled: (id) => `${id} 没有安装。`,
  intact: (id) => `${id}：每个文件都正确`,
  broken: (id, file, what) => `${id}：${file}：${what}`,
  results: { ok: '正确', missing: '缺失', 'wrong size': '大小不对', 'wrong hash': '哈希不对' },
  none: '没有安装任何模型。',
  chinese: (id, megabytes, command) =>
    `中文设备需要 ${id}（${megabytes} MB）。第一台这样的设备连接时服务器会下载它，在此之前设备只会如实告知。现在就下载：${command}`,
  rate: (perSecond, left) => `${perSecond} MB/s，还要 ${left}`,
  left: (minutes, seconds) => (minutes > 0 ? `${minutes} 分 ${seconds} 秒` : `${seconds} 秒`),
  from: (mirror) => `来自 ${mirror}`,
};

export const modelsWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
