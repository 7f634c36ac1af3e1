import type { ErrorCode, UiLanguage } from '../../core/index.js';

const MENDS_EN: Readonly<Partial<Record<ErrorCode, string>>> = {
  'config.invalid': 'Mend the keys at the files and lines above, and start again.',
  'config.unreadable': 'Check the path and the permissions of the file, and that it is YAML.',
  'data.not_writable': 'Choose another folder with --data, or mend its permissions.',
  'data.in_use': 'Stop that server, or give this one a data folder of its own with --data.',
  'data.disk_full': 'Free some space; nothing half-written was left behind.',
  'store.failed': 'Check the disk and the permissions of the data folder.',
  'server.port_in_use': 'Stop the program that listens on the port, or choose another with --port.',
  'server.listen_failed': 'Check --host and the port (below 1024 it needs the rights of an administrator).',
  'engine.failed': 'A child process ended three times within a minute and is started again after a pause. The reason is on /readyz.',
  'engine.crashed': 'Try again; if a child process always ends like that, please report it.',
  'model.not_installed': 'Install it with `npx chorus models pull ID` (a running server notices), or allow models.auto_pull.',
  'model.missing': 'Install it with `npx chorus models pull ID`.',
  'model.corrupt': 'A file of the model has the wrong size or hash, or is not there. `npx chorus models pull ID --force` fetches it again.',
  'model.unknown': '`npx chorus models list` shows the models that can be fetched, and those that come with Chorus.',
  'model.busy': 'Another process is fetching this model; wait until it is done.',
  'model.download_failed': 'The reason stands above. Try again, name an address with --from, or bring an archive or folder with --file.',
  'device.unreachable': 'Start a server with `npx chorus serve`. `chorus device` finds it by its OTA address (--url), `chorus devices` by its data folder (--data) and port.',
  'device.refused': 'The reason stands above. A pairing code is in the output of the server, where each is valid for a while; for an address check --url.',
  'device.not_paired': 'Nobody confirmed the pairing code in time. Run `npx chorus devices approve CODE` where the server runs.',
  'audio.undecodable': 'Check the path, and use a plain WAV file (PCM, mono or stereo).',
  'auth.rate_limited': 'Too many requests; wait a minute.',
  'llm.no_key': 'Set llm.api_key, or run `npx chorus setup`.',
};

const MENDS_ZH: Readonly<Partial<Record<ErrorCode, string>>> = {
  'config.invalid': '配置有误。请按上面的文件、行号和配置项逐一改正，然后重新启动。',
  'config.unreadable': '配置文件读不到，或者不是 YAML。请检查路径、权限和格式。',
  'data.not_writable': '数据文件夹无法创建或写入。请用 --data 换一个，或修改它的权限。',
  'data.in_use': '请先停掉那个服务器，或用 --data 给这个服务器另一个数据文件夹。',
  'data.disk_full': '磁盘满了。请腾出空间；没有留下写到一半的文件。',
  'store.failed': '数据库拒绝了操作。请检查数据文件夹的磁盘和权限。',
  'server.port_in_use': '端口已被其他程序占用。请停掉它，或用 --port 换一个。',
  'server.listen_failed': '无法监听这个地址。请检查 --host 和端口（1024 以下的端口需要管理员权限）。',
  'engine.failed': '一个子进程在一分钟内退出了三次，过一会儿会再试。原因见 /readyz。',
  'engine.crashed': '一个子进程意外退出。请再试一次；如果总是这样，请报告。',
  'model.not_installed': '模型还没有安装，也不会自动下载（models.auto_pull 已关闭）。用 `npx chorus models pull 编号` 下载，正在运行的服务器会自己发现。',
  'model.missing': '模型还没有安装。用 `chorus models pull 编号` 下载。',
  'model.corrupt': '模型文件的大小或哈希不对。用 `chorus models pull 编号 --force` 重新下载。',
  'model.unknown': '用 `chorus models list` 查看有哪些模型。',
  'model.busy': '另一个进程正在下载这个模型，请等它完成。',
  'model.download_failed': '模型没有拿到，原因见上一行。请再试一次，用 --from 指定地址，或用 --file 使用带来的文件。',
  'device.unreachable': '那个地址没有服务器。请先用 `chorus serve` 启动；`chorus device` 用 --url 写出它的 OTA 地址，`chorus devices` 用 --data 指明它的数据文件夹。',
  'device.refused': '服务器拒绝了请求，或者回答了设备无法使用的内容；原因见上一行。配对码请看服务器的输出，地址请检查 --url。',
  'device.not_paired': '没有人及时确认配对码。请在服务器上运行 `chorus devices approve`。',
  'audio.undecodable': '请检查文件路径，并使用普通的 WAV 文件（PCM，单声道或立体声）。',
  'auth.rate_limited': '请求太多，请等一分钟。',
  'llm.no_key': '大模型需要 API 密钥。请设置 llm.api_key，或运行 `chorus setup`。',
};

/** What to do about errors that reach the command line; for other codes the table of `core/errors.ts` has to do. */
export const MENDS: Readonly<Record<UiLanguage, Readonly<Partial<Record<ErrorCode, string>>>>> = { en: MENDS_EN, zh: MENDS_ZH };
