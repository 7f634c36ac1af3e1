import type { ErrorCode, UiLanguage } from '../../core/index.js';

const MENDS_EN: Readonly<Partial<Record<ErrorCode, string>>> = {
  'config.invalid': 'Mend the keys at the files and lines above, and start again.',
  'config.no_backup':
    '`npx chorus config list` shows the copies. `config apply`, `config backup` and the set-up make one of the file that there is.',
  'config.unproven':
    'The last turns on the page, or in the log, say at which step it failed. `chorus doctor` looks for the cause.',
  'config.unreadable': 'Check the path and the permissions of the file, and that it is YAML.',
  'data.not_writable': 'Choose another folder with --data, or mend its permissions.',
  'data.in_use': 'Stop that server, or give this one a data folder of its own with --data.',
  'data.disk_full': 'Free some space; nothing half-written was left behind.',
  'store.failed': 'Check the disk and the permissions of the data folder.',
  'store.unreachable': 'Start the database server, and check host and port in store.url and the network between.',
  'store.refused': 'Check user, password and database in store.url, what pg_hba.conf allows, and sslmode.',
  'store.bad_backup': 'Nothing was changed. `npx chorus store list` shows the backups; try an older one.',
  'store.damaged':
    'Stop the server and restore the newest good backup: `npx chorus store list`, `npx chorus store restore`.',
  'upkeep.running': 'Wait until it is done; `npx chorus upkeep --status` shows how it goes.',
  'upkeep.unknown_task': '`npx chorus upkeep --status` shows the tasks.',
  'bundle.packages_missing':
    'Make the bundle on a machine of that platform, or where npm reaches a registry (npm config set registry ADDRESS).',
  'bundle.incomplete': 'In a clone of the repository: npm ci && npm run build.',
  'server.port_in_use': 'Stop the program that listens on the port, or choose another with --port.',
  'server.listen_failed': 'Check --host and the port (below 1024 it needs the rights of an administrator).',
  'engine.failed':
    'A child process ended three times within a minute and is started again after a pause. The reason is on /readyz.',
  'engine.crashed': 'Try again; if a child process always ends like that, please report it.',
  'model.not_fetched':
    'Check the network. Without internet, fetch the archive elsewhere and run `npx chorus models pull ID --file ARCHIVE`; a running server notices.',
  'model.not_installed':
    'Install it with `npx chorus models pull ID` (a running server notices), or allow models.auto_pull.',
  'model.missing': 'Install it with `npx chorus models pull ID`.',
  'model.corrupt':
    'A file of the model has the wrong size or hash, or is not there. `npx chorus models pull ID --force` fetches it again.',
  'model.unknown': '`npx chorus models list` shows the models that can be fetched, and those that come with Chorus.',
  'model.busy': 'Another process is fetching this model; wait until it is done.',
  'model.download_failed':
    'The reason stands above. Try again, name an address with --from, or bring an archive or folder with --file.',
  'device.unreachable':
    'Start a server with `npm start` or `npx chorus serve`. One that runs is found by its data folder (--data); `device` and `monitor` also take its OTA address (--url).',
  'device.refused':
    'The reason stands above. A pairing code is in the output of the server, where each is valid for a while; for an address check --url.',
  'device.unknown':
    '`npx chorus devices list` shows the devices. Name one by its MAC address, the beginning or the end of it, or its name.',
  'device.ambiguous': 'Write more of the MAC address.',
  'firmware.invalid':
    'Use the application image of the build (`build/xiaozhi.bin`, or what a release calls the OTA file), and leave --version out where the image says its own.',
  'firmware.exists': 'Build it with a higher version, or remove the other one with `npx chorus firmware rm ID`.',
  'firmware.unknown': '`npx chorus firmware list` shows them.',
  'firmware.force_needs_devices': 'Name them with --devices, or leave --force out.',
  'firmware.halted':
    'Look at a device that did not come back. `npx chorus firmware rollout ID` lets it go on, `npx chorus firmware rm ID` removes it.',
  'device.not_paired':
    'Nobody confirmed the pairing code in time. Run `npx chorus devices approve CODE` where the server runs.',
  'audio.undecodable': 'Check the path, and use a plain WAV file (PCM, mono or stereo).',
  'auth.rate_limited': 'Too many requests; wait a minute.',
  'admin.not_signed_in': 'Sign in again.',
  'admin.wrong_password': 'Who has forgotten it sets a new one where the server runs: `npx chorus admin password`.',
  'admin.password_refused':
    'Choose at least 8 characters; a password that comes from the configuration is changed there.',
  'admin.cross_site': 'Reload the page and try again.',
  'admin.wrong_host':
    'Open the page by the IP address of the server, or add the name to admin.hosts (or server.public_url) in the configuration.',
  'admin.address_refused':
    'On this machine and in the local network only the ports of admin.llm_ports are tried; add others there. Never an address of cloud metadata, and none with a name and password in it.',
  'llm.bad_key': 'Check the key: copied whole, of this service, not expired.',
  'llm.no_money': 'Top up the account, or choose another service.',
  'llm.rate_limited': 'Wait a little, or raise the limit at the service.',
  'llm.unreachable': 'Check the address and the network.',
  'llm.timeout': 'Try again, or choose a quicker model or a nearer service.',
  'tts.unreachable': 'Check the network, or choose a voice of this machine.',
  'auth.unauthorized': 'Restart the device, so that it fetches its settings again.',
  'llm.no_key': 'Set llm.api_key, or run `npx chorus setup`.',
  'llm.server_error': 'Nothing is wrong here. It passes; with llm.fallback somebody else answers meanwhile.',
  'llm.failed': 'Check llm.base_url (up to and including /v1) and llm.model.',
  'tts.rejected': 'Check tts.voice and tts.openai; for Edge see tts.edge.version.',
  'tts.rate_limited': 'Wait a little, or look at the account; a local voice steps in.',
  'tts.unavailable': '`npx chorus models list` shows the voices that can be installed.',
  'capacity.busy': 'Wait a moment. `npx chorus profile` says how many devices this machine carries, and why.',
  'capacity.queue_full': 'Wait a moment. `npx chorus monitor` says what the machine is short of.',
  'capacity.queue_timeout': 'Wait a moment. `npx chorus monitor` says what the machine is short of.',
};

const MENDS_ZH: Readonly<Partial<Record<ErrorCode, string>>> = {
  'config.invalid': '请按上面的文件、行号和配置项逐一改正，然后重新启动。',
  'config.no_backup':
    '用 `npx chorus config list` 查看备份。`config apply`、`config backup` 和 `setup` 会备份当时的文件。',
  'config.unproven': '页面和日志里最近的对话会说在哪一步失败；`chorus doctor` 会查找原因。',
  'config.unreadable': '请检查路径、权限和格式。',
  'data.not_writable': '请用 --data 换一个文件夹，或修改它的权限。',
  'data.in_use': '请先停掉那个服务器，或用 --data 给这个服务器另一个数据文件夹。',
  'data.disk_full': '请腾出空间；没有留下写到一半的文件。',
  'store.failed': '请检查数据文件夹的磁盘和权限。',
  'store.unreachable': '请启动数据库服务器，检查 store.url 里的主机和端口，以及中间的网络。',
  'store.refused': '请检查 store.url 里的用户、密码和库名，pg_hba.conf 的规则，以及 `sslmode`。',
  'store.bad_backup': '什么都没有改动。用 `npx chorus store list` 查看备份，试试更早的一个。',
  'store.damaged': '停止服务器，恢复最近一个完好的备份：`npx chorus store list`，`npx chorus store restore`。',
  'upkeep.running': '等它做完；用 `npx chorus upkeep --status` 查看进度。',
  'upkeep.unknown_task': '用 `npx chorus upkeep --status` 查看有哪些任务。',
  'bundle.packages_missing': '在那个平台的机器上打包，或在能连上软件源的地方打包（`npm config set registry 地址`）。',
  'bundle.incomplete': '在克隆的仓库里运行 `npm ci && npm run build`。',
  'server.port_in_use': '请停掉那个程序，或用 --port 换一个端口。',
  'server.listen_failed': '请检查 --host 和端口（1024 以下的端口需要管理员权限）。',
  'engine.failed': '过一会儿会自动再试。原因见 /readyz。',
  'engine.crashed': '请再试一次；如果总是这样，请报告。',
  'model.not_fetched':
    '请检查网络。没有网络时，在别处下载压缩包，再用 `npx chorus models pull 编号 --file 压缩包` 安装，正在运行的服务器会自己发现。',
  'model.not_installed':
    '用 `npx chorus models pull 编号` 下载，正在运行的服务器会自己发现；也可以打开 models.auto_pull。',
  'model.missing': '用 `npx chorus models pull 编号` 下载。',
  'model.corrupt': '用 `npx chorus models pull 编号 --force` 重新下载。',
  'model.unknown': '用 `npx chorus models list` 查看有哪些模型。',
  'model.busy': '请等它完成。',
  'model.download_failed': '请再试一次，用 --from 指定地址，或用 --file 使用带来的文件。',
  'device.unreachable':
    '请先用 `npm start` 或 `npx chorus serve` 启动服务器。运行中的服务器按数据文件夹（--data）寻找；`device` 和 `monitor` 也可以用它的 OTA 地址（--url）。',
  'device.refused': '配对码请看服务器的输出，过一段时间会失效；地址请检查 --url。',
  'device.unknown': '用 `npx chorus devices list` 查看设备。可以写 MAC 地址、它的开头或结尾，或设备的名字。',
  'device.ambiguous': '请把 MAC 地址写得更完整。',
  'firmware.invalid':
    '请用编译得到的应用程序映像（`build/xiaozhi.bin`，或发布页上用于 OTA 的文件）；映像自己写明了版本时，不必写 --version。',
  'firmware.exists': '请用更高的版本号编译，或先用 `npx chorus firmware rm 编号` 删除原来的。',
  'firmware.unknown': '用 `npx chorus firmware list` 查看。',
  'firmware.force_needs_devices': '请用 --devices 指明设备，或去掉 --force。',
  'firmware.halted':
    '请查看一台没有回来的设备。`npx chorus firmware rollout 编号` 继续推送，`npx chorus firmware rm 编号` 删除它。',
  'device.not_paired': '请在服务器上运行 `npx chorus devices approve 配对码`。',
  'audio.undecodable': '请检查文件路径，并使用普通的 WAV 文件（PCM，单声道或立体声）。',
  'auth.rate_limited': '请等一分钟。',
  'admin.not_signed_in': '请重新登录。',
  'admin.wrong_password': '忘记密码时，请在服务器上运行 `npx chorus admin password` 设一个新的。',
  'admin.password_refused': '请至少用 8 个字符；来自配置的密码请在配置里修改。',
  'admin.cross_site': '请刷新页面再试。',
  'admin.wrong_host': '请用服务器的数字地址打开页面，或把这个名字加到配置的 admin.hosts（或 server.public_url）里。',
  'admin.address_refused':
    '局域网和本机只能用 admin.llm_ports 列出的端口，其他端口请加到那里；不能是云主机的元数据地址，也不能带用户名和密码。',
  'llm.bad_key': '请检查密钥：是否完整、属于这家服务、没有过期。',
  'llm.no_money': '请充值，或换一家服务。',
  'llm.rate_limited': '请稍等，或在服务方提高限额。',
  'llm.unreachable': '请检查地址和网络。',
  'llm.timeout': '请再试一次，或换更快的模型、更近的服务。',
  'tts.unreachable': '请检查网络，或选用本机的声音。',
  'auth.unauthorized': '请重启设备，让它重新取一次设置。',
  'llm.no_key': '请设置 llm.api_key，或运行 `npx chorus setup`。',
  'llm.server_error': '这里没有问题，会过去的；设置了 llm.fallback 时，这段时间由别的模型回答。',
  'llm.failed': '请检查 llm.base_url（写到 /v1 为止）和 llm.model。',
  'tts.rejected': '请检查 tts.voice 和 tts.openai；Edge 见 tts.edge.version。',
  'tts.rate_limited': '请稍等，或查看账户；本地声音会顶上。',
  'tts.unavailable': '用 `npx chorus models list` 查看可以安装的声音。',
  'capacity.busy': '请稍等。`npx chorus profile` 说明这台机器能带多少设备，以及为什么。',
  'capacity.queue_full': '请稍等。`npx chorus monitor` 说明机器缺什么。',
  'capacity.queue_timeout': '请稍等。`npx chorus monitor` 说明机器缺什么。',
};

/** What to do about errors that reach the command line. */
export const MENDS: Readonly<Record<UiLanguage, Readonly<Partial<Record<ErrorCode, string>>>>> = {
  en: MENDS_EN,
  zh: MENDS_ZH,
};
