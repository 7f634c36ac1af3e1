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
  'device.unreachable': 'Start a server with `npm start` or `npx chorus serve`. One that runs is found by its data folder (--data); `device` and `monitor` also take its OTA address (--url).',
  'device.refused': 'The reason stands above. A pairing code is in the output of the server, where each is valid for a while; for an address check --url.',
  'device.not_paired': 'Nobody confirmed the pairing code in time. Run `npx chorus devices approve CODE` where the server runs.',
  'audio.undecodable': 'Check the path, and use a plain WAV file (PCM, mono or stereo).',
  'auth.rate_limited': 'Too many requests; wait a minute.',
  'llm.no_key': 'Set llm.api_key, or run `npx chorus setup`.',
};

const MENDS_ZH: Readonly<Partial<Record<ErrorCode, string>>> = {
  'config.invalid': '请按上面的文件、行号和配置项逐一改正，然后重新启动。',
  'config.unreadable': '请检查路径、权限和格式。',
  'data.not_writable': '请用 --data 换一个文件夹，或修改它的权限。',
  'data.in_use': '请先停掉那个服务器，或用 --data 给这个服务器另一个数据文件夹。',
  'data.disk_full': '请腾出空间；没有留下写到一半的文件。',
  'store.failed': '请检查数据文件夹的磁盘和权限。',
  'server.port_in_use': '请停掉那个程序，或用 --port 换一个端口。',
  'server.listen_failed': '请检查 --host 和端口（1024 以下的端口需要管理员权限）。',
  'engine.failed': '过一会儿会自动再试。原因见 /readyz。',
  'engine.crashed': '请再试一次；如果总是这样，请报告。',
  'model.not_installed': '用 `npx chorus models pull 编号` 下载，正在运行的服务器会自己发现；也可以打开 models.auto_pull。',
  'model.missing': '用 `npx chorus models pull 编号` 下载。',
  'model.corrupt': '用 `npx chorus models pull 编号 --force` 重新下载。',
  'model.unknown': '用 `npx chorus models list` 查看有哪些模型。',
  'model.busy': '请等它完成。',
  'model.download_failed': '请再试一次，用 --from 指定地址，或用 --file 使用带来的文件。',
  'device.unreachable': '请先用 `npm start` 或 `npx chorus serve` 启动服务器。运行中的服务器按数据文件夹（--data）寻找；`device` 和 `monitor` 也可以用它的 OTA 地址（--url）。',
  'device.refused': '配对码请看服务器的输出，过一段时间会失效；地址请检查 --url。',
  'device.not_paired': '请在服务器上运行 `npx chorus devices approve 配对码`。',
  'audio.undecodable': '请检查文件路径，并使用普通的 WAV 文件（PCM，单声道或立体声）。',
  'auth.rate_limited': '请等一分钟。',
  'llm.no_key': '请设置 llm.api_key，或运行 `npx chorus setup`。',
};

/** What to do about errors that reach the command line. */
export const MENDS: Readonly<Record<UiLanguage, Readonly<Partial<Record<ErrorCode, string>>>>> = { en: MENDS_EN, zh: MENDS_ZH };
