import type { ChorusError, ErrorCode, ErrorDetails } from '../../core/index.js';
import { systemTrouble } from './system-trouble.js';

/** One sentence without its full stop. `because`: what lies behind it, in Chinese too; empty when nothing is known. */
type Sentence = (details: ErrorDetails, because: string) => string;

/** `X` or `X（Y）`. */
const about = (what: string, more: string | number | undefined): string =>
  more === undefined || more === '' ? what.trimEnd() : `${what.trimEnd()}（${more}）`;
const reason = ({ system }: ErrorDetails): string => (system === undefined ? '' : systemTrouble('zh', String(system)));
const named = (value: string | number | undefined): string => (value === undefined ? '' : ` ${value} `);
/** What another program said, in its own words. */
const quoted = ({ quote }: ErrorDetails): string => (quote === undefined ? '' : `对方的原话是“${quote}”`);

/** Why a file is no firmware (`ImageFault` of src/device/firmware/, and what is wrong with its version). */
function firmwareFault({ fault, own, version, max }: ErrorDetails): string {
  switch (fault) {
    case 'too_large':
      return `文件太大，没有设备放得下（最多 ${Number(max) / 1024 / 1024} MB）`;
    case 'magic':
    case 'segments':
      return '文件不是 ESP32 的应用程序映像（开头应为 0xE9）';
    case 'truncated':
      return '文件不完整，映像没有到结尾';
    case 'trailing':
      return '映像后面还有别的内容：这大概是整片闪存的文件（merged-binary.bin），升级要用 xiaozhi.bin';
    case 'checksum':
    case 'hash':
      return '映像的校验不对，文件已损坏';
    case 'own_version':
      return `映像自己的版本是 ${own}，而设备只会比较用点分开的数字；运行它的设备会不停重启`;
    case 'version_missing':
      return '映像没有写明版本，请用 --version 指定';
    case 'given_version':
      return `${version} 不是设备能比较的版本，应为用点分开的数字，例如 2.4.2`;
    case 'version_differs':
      return `映像自己的版本是 ${own}，不是 ${version}；设备也会这样报告，于是会没完没了地升级`;
    default:
      return '文件不是设备能安装的固件';
  }
}

/**
 * What went wrong, in Chinese: `ChorusError.message` is English. A test sees to it that every code is here. What to do about it is in
 * `mends.ts`.
 */
export const ERRORS_ZH: Readonly<Partial<Record<ErrorCode, Sentence>>> = {
  'config.invalid': ({ key }) => (key === undefined ? '配置有误' : `缺少配置项 ${key}`),
  'config.no_backup': () => '没有可以恢复的配置备份，或没有这个名字的备份',
  'config.unproven': ({ what }) => about('配置有效，但用它时模拟设备没有得到回答，已恢复原来的配置', what),
  'config.unreadable': ({ file, ...details }) => about(`配置文件${named(file)}读不到，或者不是 YAML`, reason(details)),
  'data.not_writable': ({ folder, file, ...details }) =>
    about(
      folder === undefined ? `文件${named(file)}无法写入` : `数据文件夹${named(folder)}无法创建或写入`,
      reason(details),
    ),
  'data.in_use': ({ folder, pid, url }) =>
    about(
      `已经有一个 Chorus 服务器在使用数据文件夹${named(folder)}`,
      pid === undefined ? '它正在启动' : `进程 ${pid}，${url}`,
    ),
  'data.disk_full': ({ folder, neededMb, freeMb }) =>
    about(
      `磁盘满了${folder === undefined ? '' : `：${folder}`}`,
      neededMb === undefined ? '' : `需要 ${neededMb} MB，只剩 ${freeMb} MB`,
    ),
  'store.failed': (_details, because) => about('数据库拒绝了操作', because),
  'store.unreachable': ({ address, ...details }) => about(`连不上数据库${named(address)}，或连接中断`, reason(details)),
  'store.refused': ({ address, ...details }) =>
    about(`数据库${named(address)}拒绝了连接：用户、密码、库名、权限或证书不对`, reason(details)),
  'store.taken': () => '数据库里已经有同名的记录',
  'store.bad_backup': ({ file, ...details }) =>
    about(`文件${named(file)}不是数据库备份，或者已损坏、不完整，或者来自更新的版本`, reason(details)),
  'store.damaged': () => '数据库检查发现损坏',
  'server.port_in_use': ({ port }) => `端口${named(port)}已被其他程序占用`,
  'server.listen_failed': ({ host, port, ...details }) =>
    about(host === undefined ? '无法监听这个地址' : `无法监听 ${host}:${port}`, reason(details)),
  'auth.unauthorized': () => '没有令牌，令牌不对，或者是别的设备的令牌',
  'auth.rate_limited': () => '来自这个地址的请求太多',
  'admin.not_signed_in': () => '还没有登录，或者登录已经过期',
  'admin.wrong_password': () => '输入的网页密码不对',
  'admin.password_refused': ({ because }) =>
    because === 'fixed'
      ? '密码由配置（admin.password 或 CHORUS_ADMIN_PASSWORD）决定，请在那里修改'
      : '密码太短，至少要 8 个字符',
  'admin.cross_site': () => '请求不是从这个页面发出的，已拒绝',
  'admin.wrong_host': ({ host }) => about('这个名字不是本服务器的', host),
  'admin.bad_request': ({ what }) => about('请求的格式不对', what),
  'admin.not_found': ({ what }) => about('没有这一项', what),
  'admin.too_large': () => '请求太大',
  'admin.address_refused': ({ host }) => about('不能在页面上试用这个地址', host),
  'protocol.bad_message': () => '设备发来的消息不合规范，已忽略',
  'protocol.too_large': () => '设备发来的消息超过了大小限制，已丢弃',
  'engine.crashed': () => '一个子进程意外退出，已重新启动',
  'engine.hung': () => '一个子进程的任务远远超时，进程已被终止并重新启动',
  'engine.failed': () => '一个子进程无法启动，或在一分钟内退出了三次',
  'engine.quarantined': () => '一个任务两次使它的进程退出，不再尝试',
  'engine.job_failed': () => '子进程没能完成任务',
  'model.not_fetched': ({ id }) => `语音模型${named(id)}下载不了，会再试`,
  'model.not_installed': ({ id }) => `语音模型${named(id)}没有安装，也不会自动下载（models.auto_pull 已关闭）`,
  'model.missing': ({ id, percent }) =>
    about(`模型${named(id)}还没有安装`, percent === undefined ? '' : `已收到 ${percent} %`),
  'model.corrupt': ({ id, file }) => about(`模型${named(id)}的文件缺失、大小不对或已损坏`, file),
  'model.unknown': ({ id, known, included }) =>
    included === undefined
      ? about(`没有名为${named(id)}的模型`, known === undefined ? '' : `可以是 ${known}`)
      : `${id} 随 Chorus 安装，不能删除`,
  'model.busy': ({ id }) => `另一个进程正在下载模型${named(id)}`,
  'model.download_failed': ({ id, host, status, path, stalledS, ...details }, because) => {
    if (path !== undefined) return `没有 ${path} 这个文件或文件夹`;
    if (host !== undefined)
      return about(
        `${host} 没有给出文件`,
        status !== undefined ? `HTTP ${status}` : stalledS === undefined ? reason(details) : `${stalledS} 秒没有数据`,
      );
    return about(`模型${named(id)}下载失败`, because);
  },
  'asr.failed': () => '语音识别失败',
  'asr.timeout': () => '语音识别没有及时完成',
  'llm.no_key': () => '大模型需要 API 密钥',
  'llm.bad_key': (details) => about('大模型拒绝了 API 密钥', quoted(details)),
  'llm.no_money': (details) => about('大模型的账户余额不足', quoted(details)),
  'llm.rate_limited': (details) => about('请求太多，大模型暂时拒绝', quoted(details)),
  'llm.unreachable': (details) => about('连不上大模型，或连接中断', reason(details)),
  'llm.server_error': (details) => about('大模型的服务器自己出了问题，稍后会好', quoted(details)),
  'llm.timeout': () => '大模型没有及时回答',
  'llm.failed': (details) => about('大模型报错，或者它的回答无法理解', quoted(details)),
  'tts.failed': () => '语音合成失败',
  'tts.timeout': () => '语音合成没有及时完成',
  'tts.unreachable': () => '连不上语音服务，或连接中断',
  'tts.rejected': (details) =>
    about('语音服务拒绝了请求：密钥不对，没有这个音色或模型，或者（Edge）版本号太旧', quoted(details)),
  'tts.rate_limited': () => '请求太多，或账户余额不足，语音服务暂时拒绝',
  'tts.unavailable': (_details, because) => about('没有能说这种语言的音色', because),
  'audio.undecodable': () => '声音已损坏，或者不是所说的格式',
  'capacity.busy': () => '同时说话的设备已经达到上限',
  'capacity.queue_full': () => '等待的任务太多',
  'capacity.queue_timeout': () => '任务等待太久',
  'tool.failed': () => '设备的工具报错',
  'tool.timeout': () => '设备的工具没有及时回答',
  'device.unreachable': ({ url, ...details }) =>
    about(url === undefined ? '服务器没有回答' : `${url} 没有服务器回答`, reason(details)),
  'device.refused': ({ url, status }) =>
    about(`${url ?? '服务器'} 拒绝了请求，或者回答了设备无法使用的内容`, status === undefined ? '' : `HTTP ${status}`),
  'device.not_paired': () => '没有人及时确认配对码',
  'device.unknown': ({ name }) => `没有叫做${named(name)}的设备`,
  'device.ambiguous': ({ name, known }) => about(`有几台设备符合${named(name)}`, known),
  'firmware.invalid': firmwareFault,
  'firmware.exists': ({ board, version, id }) => about(`型号${named(board)}已经有版本为${named(version)}的固件`, id),
  'firmware.unknown': ({ id }) => `没有编号为${named(id)}的固件`,
  'firmware.force_needs_devices': () => '强制安装必须指明设备；按比例推送时，设备只会得到比自己更新的版本',
  'firmware.halted': ({ version, board, confirmed, returned, silent }) =>
    confirmed === undefined
      ? '固件已停止推送，因为装过的设备没有回来'
      : `给 ${board} 的固件 ${version} 已停止推送：装过的设备中，${confirmed} 台带着它回来，${returned} 台没带着它回来，${silent} 台没有回来`,
  'bench.not_ready': () => '为测试启动的服务器没有就绪',
  'bench.process_ended': () => '测试启动的一个进程自己退出了',
  'bench.bad_input': () => '测试的选项互相矛盾，或者文件不是测试结果',
  'upkeep.running': () => '维护正在进行',
  'upkeep.unknown_task': ({ name }) => (name === undefined ? '没有这个维护任务' : `没有名为${named(name)}的维护任务`),
  'bundle.packages_missing': ({ platform, ...details }) =>
    about(`${platform ?? '另一个平台'} 的软件包没能取来`, details.quote === undefined ? '' : quoted(details)),
  'bundle.incomplete': ({ file }) => about('用来打包的安装不完整', file),
  internal: () => 'Chorus 自身的缺陷，请报告',
};

/** The sentence for an error; undefined where there is none. What lies behind it: its cause, or several ({@link AggregateError}). */
export function errorInChinese(
  error: ChorusError,
  describe: (cause: unknown) => string | undefined,
): string | undefined {
  const { cause } = error;
  const causes = cause instanceof AggregateError ? cause.errors : [cause];
  const because = [...new Set(causes.flatMap((one) => describe(one) ?? []))].join('；');
  return ERRORS_ZH[error.code]?.(error.details, because);
}
