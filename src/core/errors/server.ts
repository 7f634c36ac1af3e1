import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, systemReason, named, quoted } from './sentences.js';

export const SERVER_ERRORS = {
  'config.invalid': {
    log: 'error',
    status: 422,
    cause: {
      en: 'The configuration has mistakes. Each is listed with its file, line, key and what is allowed.',
      zh: ({ key }) => (key === undefined ? '配置有误' : `缺少配置项 ${key}`),
    },
    remedy: both(
      'Correct them at the files and lines that are named, and start again.',
      '请按所列的文件、行号和配置项逐一改正，然后重新启动。',
    ),
  },
  'config.no_backup': {
    log: 'warn',
    status: 422,
    cause: both(
      'There is no copy of the configuration to go back to, or none of that name.',
      '没有可以恢复的配置备份，或没有这个名字的备份',
    ),
    remedy: both(
      '`npx chorus config list` shows the copies. `config apply`, ' +
        '`config backup` and the set-up make one of the file that there is.',
      '用 `npx chorus config list` 查看备份。`config apply`、`config backup` 和 `setup` 会备份当时的文件。',
    ),
  },
  'config.unproven': {
    log: 'warn',
    status: 422,
    cause: {
      en: 'The configuration is valid, but with it a simulated device got no answer. The old one is in force again.',
      zh: ({ what }) => inBrackets('配置有效，但用它时模拟设备没有得到回答，已恢复原来的配置', what),
    },
    remedy: both(
      'The last turns on the page, or in the log, say at which step it failed. `chorus doctor` looks for the cause.',
      '页面和日志里最近的对话会说在哪一步失败；`chorus doctor` 会查找原因。',
    ),
  },
  'config.unreadable': {
    log: 'error',
    status: 422,
    cause: {
      en: 'The configuration file cannot be read or is not YAML.',
      zh: ({ file, ...details }) => inBrackets(`配置文件${named(file)}读不到，或者不是 YAML`, systemReason(details)),
    },
    remedy: both('Check the path and the permissions of the file, and that it is YAML.', '请检查路径、权限和格式。'),
  },
  'file.unreadable': {
    log: 'warn',
    cause: both('A file that was named on the command line cannot be read.', '命令行里写的文件无法读取'),
    remedy: both('Check the path and the permissions of the file.', '请检查文件的路径和权限。'),
  },
  'data.not_writable': {
    log: 'error',
    cause: {
      en: 'A file cannot be written, or the data folder cannot be created or written.',
      zh: ({ folder, file, ...details }) =>
        inBrackets(
          folder === undefined ? `文件${named(file)}无法写入` : `数据文件夹${named(folder)}无法创建或写入`,
          systemReason(details),
        ),
    },
    remedy: both(
      'Choose another folder with --data, or correct its permissions.',
      '请用 --data 换一个文件夹，或修改它的权限。',
    ),
  },
  'data.disk_full': {
    log: 'error',
    retryable: true,
    status: 507,
    cause: {
      en: 'The disk is full.',
      zh: ({ folder, neededMb, freeMb }) =>
        inBrackets(
          `磁盘满了${folder === undefined ? '' : `：${folder}`}`,
          neededMb === undefined ? '' : `需要 ${neededMb} MB，只剩 ${freeMb} MB`,
        ),
    },
    remedy: both('Free some space; nothing half-written was left behind.', '请腾出空间；没有留下写到一半的文件。'),
  },
  'data.in_use': {
    log: 'error',
    cause: {
      en: 'Another Chorus server runs on this data folder.',
      zh: ({ folder, pid, url }) =>
        inBrackets(
          `已经有一个 Chorus 服务器在使用数据文件夹${named(folder)}`,
          pid === undefined ? '它正在启动' : `进程 ${pid}，${url}`,
        ),
    },
    remedy: both(
      'Stop that server, or give this one a data folder of its own with --data.',
      '请先停掉那个服务器，或用 --data 给这个服务器另一个数据文件夹。',
    ),
  },
  'store.failed': {
    log: 'error',
    retryable: true,
    cause: {
      en: 'The database refused an operation.',
      zh: (_details, because) => inBrackets('数据库拒绝了操作', because),
    },
    remedy: both('Check the disk and the permissions of the data folder.', '请检查数据文件夹的磁盘和权限。'),
  },
  'store.unreachable': {
    log: 'error',
    retryable: true,
    status: 503,
    cause: {
      en: 'The database server cannot be reached, or the connection broke.',
      zh: ({ address, ...details }) => inBrackets(`连不上数据库${named(address)}，或连接中断`, systemReason(details)),
    },
    remedy: both(
      'Connected devices go on, and the server connects again by itself. ' +
        'Start the database server, and check host and port in store.url and the network between.',
      '已连接的设备不受影响，服务器会自己重新连接。请启动数据库服务器，检查 store.url 里的主机和端口，以及中间的网络。',
    ),
  },
  'store.refused': {
    log: 'error',
    cause: {
      en: 'The database server refuses the connection: user, password, database, rights or certificate.',
      zh: ({ address, ...details }) =>
        inBrackets(`数据库${named(address)}拒绝了连接：用户、密码、库名、权限或证书不对`, systemReason(details)),
    },
    remedy: both(
      'Check user, password and database in store.url, what pg_hba.conf allows, and sslmode.',
      '请检查 store.url 里的用户、密码和库名，pg_hba.conf 的规则，以及 `sslmode`。',
    ),
  },
  'store.taken': {
    log: 'debug',
    retryable: true,
    cause: both(
      'The record is in the database already: a pairing code of another device, or a release or an agent of that id.',
      '数据库里已经有这个记录：配对码属于别的设备，或者已有这个编号的固件或智能体',
    ),
    remedy: both(
      'Choose another name or id, or remove the record that has it.',
      '请换一个名字或编号，或先删除原来的那个。',
    ),
  },
  'store.bad_backup': {
    log: 'error',
    cause: {
      en: 'The file is no backup of the database, is damaged or cut off, or was written by a newer Chorus.',
      zh: ({ file, ...details }) =>
        inBrackets(`文件${named(file)}不是数据库备份，或者已损坏、不完整，或者来自更新的版本`, systemReason(details)),
    },
    remedy: both(
      'Nothing was changed. `npx chorus store list` shows the backups; try an older one.',
      '什么都没有改动。用 `npx chorus store list` 查看备份，试试更早的一个。',
    ),
  },
  'store.damaged': {
    log: 'error',
    cause: both('The check of the database found damage.', '数据库检查发现损坏'),
    remedy: both(
      'Stop the server and restore the newest good backup: `npx chorus store list`, `npx chorus store restore`.',
      '停止服务器，恢复最近一个完好的备份：`npx chorus store list`，`npx chorus store restore`。',
    ),
  },
  'server.port_in_use': {
    log: 'error',
    cause: { en: 'Another program listens on the port.', zh: ({ port }) => `端口${named(port)}已被其他程序占用` },
    remedy: both(
      'Stop the program that listens on the port, or choose another with --port.',
      '请停掉那个程序，或用 --port 换一个端口。',
    ),
  },
  'server.listen_failed': {
    log: 'error',
    cause: {
      en: 'The server cannot listen on that address.',
      zh: ({ host, port, ...details }) =>
        inBrackets(host === undefined ? '无法监听这个地址' : `无法监听 ${host}:${port}`, systemReason(details)),
    },
    remedy: both(
      'Check --host and the port (below 1024 it needs the rights of an administrator).',
      '请检查 --host 和端口（1024 以下的端口需要管理员权限）。',
    ),
  },
  'auth.unauthorized': {
    log: 'info',
    cause: both('The token is missing, wrong, or that of another device.', '没有令牌，令牌不对，或者是别的设备的令牌'),
    remedy: both('Restart the device, so that it fetches its settings again.', '请重启设备，让它重新取一次设置。'),
  },
  'auth.rate_limited': {
    log: 'warn',
    retryable: true,
    status: 429,
    cause: both('Too many requests came from one address.', '来自这个地址的请求太多'),
    remedy: both('Wait a minute.', '请等一分钟。'),
  },
  'admin.not_signed_in': {
    log: 'debug',
    status: 401,
    cause: both(
      'The request came without a session of the page and without the token of commands on the server itself, ' +
        'or the session is over.',
      '还没有登录，或者登录已经过期',
    ),
    remedy: both('Sign in again.', '请重新登录。'),
  },
  'admin.wrong_password': {
    log: 'warn',
    status: 401,
    cause: both('A wrong password was entered for the page.', '输入的网页密码不对'),
    remedy: both(
      'Try again. If it is forgotten, set a new one where the server runs: `npx chorus admin password`.',
      '请再试一次。忘记密码时，请在服务器上运行 `npx chorus admin password` 设一个新的。',
    ),
  },
  'admin.password_needed': {
    log: 'info',
    status: 403,
    cause: both(
      'Rolling out firmware and changing where devices connect need the password again, ' +
        'five minutes after it was entered last.',
      '下发固件、修改设备连接的地址或准入方式，需要再输入一次密码（上次输入已超过五分钟）',
    ),
    remedy: both(
      'Sign in again, or use a command on the server itself: `npx chorus firmware rollout`, ' +
        '`npx chorus config apply`.',
      '请重新登录，或在服务器上用命令：`npx chorus firmware rollout`、`npx chorus config apply`。',
    ),
  },
  'admin.password_refused': {
    log: 'warn',
    status: 422,
    cause: {
      en: 'The password is shorter than 12 characters, or it comes from admin.password or CHORUS_ADMIN_PASSWORD.',
      zh: ({ because }) =>
        because === 'fixed'
          ? '密码由配置（admin.password 或 CHORUS_ADMIN_PASSWORD）决定，请在那里修改'
          : '密码太短，至少要 12 个字符',
    },
    remedy: both(
      'Choose at least 12 characters; a password that comes from the configuration is changed there.',
      '请至少用 12 个字符；来自配置的密码请在配置里修改。',
    ),
  },
  'admin.cross_site': {
    log: 'warn',
    status: 403,
    cause: both(
      'A page of another address sent a request in the name of a signed-in browser, ' +
        'or the x-chorus-csrf header is missing or wrong.',
      '请求来自别的网页，或缺少正确的 `x-chorus-csrf` 请求头，已拒绝',
    ),
    remedy: both('Reload the page and try again.', '请刷新页面再试。'),
  },
  'admin.wrong_host': {
    log: 'warn',
    status: 421,
    cause: {
      en:
        'The page was opened by a name that the server does not know. ' +
        'Foreign web pages reach servers in a home network that way (DNS rebinding).',
      zh: ({ host }) => inBrackets('打开页面所用的名字不是本服务器的，外来网页会借此访问家庭网络里的服务器', host),
    },
    remedy: both(
      'Open the page by the IP address of the server, ' +
        'or add the name to admin.hosts (or server.public_url) in the configuration.',
      '请用服务器的数字地址打开页面，或把这个名字加到配置的 admin.hosts（或 server.public_url）里。',
    ),
  },
  'admin.bad_request': {
    log: 'debug',
    status: 400,
    cause: {
      en: 'A request to the admin API does not have the form that docs/admin-api.md describes.',
      zh: ({ what }) => inBrackets('请求的格式不对', what),
    },
    remedy: both(
      'Correct the part that is named; docs/admin-api.md describes every request. On the page, reload it and ' +
        'try again.',
      '请改正指出的那一项；每个请求的写法见 `docs/admin-api.md`。如果是在页面上，请刷新后再试。',
    ),
  },
  'admin.not_found': {
    log: 'debug',
    status: 404,
    cause: {
      en:
        'There is nothing at that address of the admin API: ' +
        'the address, id or code is wrong, was used, or has expired.',
      zh: ({ what }) => inBrackets('没有这一项', what),
    },
    remedy: both(
      'Check the address, id or code; on the page, reload it.',
      '请检查地址、编号或配对码；如果是在页面上，请刷新。',
    ),
  },
  'admin.too_large': {
    log: 'debug',
    status: 413,
    cause: both('A request to the admin API is larger than allowed.', '请求太大'),
    remedy: both('Send less at once.', '请减小请求的内容。'),
  },
  'admin.address_refused': {
    log: 'warn',
    status: 422,
    cause: {
      en: 'The page cannot use that address.',
      zh: ({ host }) => inBrackets('页面上不能用这个地址', host),
    },
    remedy: both(
      'On this machine and in the local network only the ports of admin.llm_ports are allowed (Ollama, ' +
        'LM Studio, vLLM, llama.cpp); add others in the configuration file. ' +
        'Only http(s) is allowed, never an address of cloud metadata, and none with a name and password in it.',
      '局域网和本机只能用 admin.llm_ports 列出的端口（`Ollama`、`LM Studio`、`vLLM`、`llama.cpp`），其他端口请在配置文件里加上；' +
        '只能用 `http(s)`，不能是云主机的元数据地址，也不能带用户名和密码。',
    ),
  },
  'history.audio_damaged': {
    log: 'warn',
    status: 500,
    cause: both(
      'The kept audio of a turn cannot be decrypted: it was changed or cut off, or belongs to another server.',
      '保存的一段录音无法解密：它被改动过、不完整，或属于另一台服务器',
    ),
    remedy: both(
      'Play another turn. If none can be played, the database with the key was replaced: ' +
        '`npx chorus store restore` brings an older copy back.',
      '请听别的对话。如果全都不能播放，说明存放密钥的数据库被换过：`npx chorus store restore` 可以恢复较早的备份。',
    ),
  },
  'upkeep.running': {
    log: 'warn',
    retryable: true,
    status: 409,
    cause: both('The upkeep is under way already.', '维护正在进行'),
    remedy: both(
      'Wait until it is done; `npx chorus upkeep --status` shows how it goes.',
      '等它做完；用 `npx chorus upkeep --status` 查看进度。',
    ),
  },
  'upkeep.unknown_task': {
    log: 'warn',
    status: 404,
    cause: {
      en: 'There is no upkeep task of that name.',
      zh: ({ name }) => (name === undefined ? '没有这个维护任务' : `没有名为${named(name)}的维护任务`),
    },
    remedy: both('`npx chorus upkeep --status` shows the tasks.', '用 `npx chorus upkeep --status` 查看有哪些任务。'),
  },
  'bundle.packages_missing': {
    log: 'error',
    retryable: true,
    cause: {
      en: 'npm could not fetch the packages of another platform: that needs an npm registry.',
      zh: ({ platform, ...details }) =>
        inBrackets(`${platform ?? '另一个平台'} 的软件包没能取来`, details.quote === undefined ? '' : quoted(details)),
    },
    remedy: both(
      'Make the bundle on a machine of that platform, ' +
        'or where npm reaches a registry (npm config set registry ADDRESS).',
      '在那个平台的机器上打包，或在能连上软件源的地方打包（`npm config set registry 地址`）。',
    ),
  },
  'bundle.incomplete': {
    log: 'error',
    cause: {
      en: 'The installation that the bundle is made of is not complete: built files or packages are missing.',
      zh: ({ file }) => inBrackets('用来打包的安装不完整', file),
    },
    remedy: both(
      'In a clone of the repository: npm ci && npm run build.',
      '在克隆的仓库里运行 `npm ci && npm run build`。',
    ),
  },
  internal: {
    log: 'error',
    apology: 'internal',
    cause: both('A defect in Chorus.', 'Chorus 自身的缺陷'),
    remedy: both('Please report it, with the lines of the log.', '请带上日志里的这几行报告给我们。'),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
