import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    import:
      'take over what can be of a Python server (xiaozhi-esp32-server): ' +
      'its folder, a config.yaml, or a MySQL dump of manager-api',
    source: 'folder, config.yaml, .config.yaml, mcp_server_settings.json, or dump.sql (also .sql.gz)',
    dryRun: 'only show what would change',
    report: 'write the report to this file too (.json: for scripts, else Markdown)',
  },
  noSource: (path: string) => `${path} does not exist`,
  nothing: (path: string) =>
    `nothing of the Python server was found in ${path}: looked for are config.yaml, ` +
    'data/.config.yaml, .config_optimized.yaml, mcp_server_settings.json and *.sql',
  own: (file: string) => `${file} is a configuration of Chorus already`,
  unreadable: (problems: string) => `nothing could be read: ${problems}`,
  columns: {
    from: 'there',
    to: 'here',
    value: 'value',
    why: 'why',
    what: 'what',
    device: 'MAC',
    board: 'board',
    version: 'firmware',
    name: 'name',
    user: 'bound by',
    agent: 'agent',
  },
  more: (count: number) => `… and ${count} more`,
  titles: {
    devices: 'Devices',
    files: 'Read',
    problems: 'Could not be read',
    taken: 'Taken',
    left: 'Without a counterpart',
    todo: 'To do by hand',
    notSelected: 'Configured there and not selected (not read)',
    diff: 'Changes of the configuration',
  },
  untouched: (count: number) => `${count} keys are as that server comes; Chorus's own defaults take their place.`,
  line: (n: number) => `line ${n}`,
  dry: 'Nothing was changed. Without --dry-run it is carried out.',
  devices: (added: number, known: number) => `Devices: ${added} new, ${known} known already.`,
  agents: (added: number, known: number) => `Agents: ${added} new, ${known} known already.`,
  people: (added: number, known: number) =>
    `People whose voices are known: ${added} new, ${known} known already (chorus people list).`,
  tooManyPeople: (left: number) => `People who were left out, because there are too many already: ${left}.`,
  memories: ({ added, known, unknown }: { added: number; known: number; unknown: number }) =>
    `Memories: ${added} new, ${known} where there was one already (chorus memory list).` +
    (unknown > 0 ? ` ${unknown} of devices that did not come yet: import again when they have.` : ''),
  window: (days: number) =>
    days === 0
      ? 'Devices of the old server need a code now: auth.migration_days are over.'
      : 'Devices of the old server come in from this network without a code for ' +
        `${days} more days (auth.migration_days).`,
  restart: 'Restart the server, so that it answers on the old ports and takes the devices over.',
  stopOld: 'Stop the old server before Chorus is started: both use the same ports.',
  reportKept: (file: string) => `Report: ${file}`,
  mcpKept: (file: string) => `MCP servers: ${file} (\`chorus mcp list\` tries them)`,
  mcpThere: (file: string) => `MCP servers: ${file} is there already and stays; add the others to it by hand.`,
  banner: {
    ports: 'OTA also on ports',
    inUse: (ports: string) =>
      `port ${ports} is in use by another program (is the old server still ` +
      'running?): devices that ask there do not find Chorus',
    failed: (ports: string) => `port ${ports} cannot be listened on`,
    label: 'Moving over',
    left: (days: number) =>
      `devices of the old server come in without a code for ${days} more ${days === 1 ? 'day' : 'days'}`,
    over: 'has ended; devices that did not come need a code',
  },
};

const zh: typeof en = {
  help: {
    import: '从 Python 服务器（xiaozhi-esp32-server）迁移：它的文件夹、config.yaml，或智控台的 MySQL 导出文件',
    source: '文件夹、config.yaml、.config.yaml、mcp_server_settings.json 或 dump.sql（也可以是 .sql.gz）',
    dryRun: '只显示会有哪些改变',
    report: '同时把报告写入这个文件（.json 供程序使用，其他为 Markdown）',
  },
  noSource: (path) => `${path} 不存在`,
  nothing: (path) =>
    `${path} 中没有 Python 服务器的文件：会查找 ` +
    'config.yaml、data/.config.yaml、.config_optimized.yaml、mcp_server_settings.json ' +
    '和 *.sql',
  own: (file) => `${file} 已经是 Chorus 的配置`,
  unreadable: (problems) => `什么都没能读取：${problems}`,
  columns: {
    from: '原来',
    to: '现在',
    value: '值',
    why: '原因',
    what: '内容',
    device: 'MAC',
    board: '板子',
    version: '固件',
    name: '名称',
    user: '绑定者',
    agent: '智能体',
  },
  more: (count) => `……还有 ${count} 台`,
  titles: {
    devices: '设备',
    files: '已读取',
    problems: '无法读取',
    taken: '已采用',
    left: '没有对应项',
    todo: '需要手动处理',
    notSelected: '原来配置过但没有选用（未读取）',
    diff: '配置的改变',
  },
  untouched: (count) => `有 ${count} 项是原服务器的默认值，改用 Chorus 的默认值。`,
  line: (n) => `第 ${n} 行`,
  dry: '没有做任何改动。去掉 --dry-run 才会执行。',
  devices: (added, known) => `设备：新增 ${added} 台，已有 ${known} 台。`,
  agents: (added, known) => `智能体：新增 ${added} 个，已有 ${known} 个。`,
  people: (added, known) => `声音已知的人：新增 ${added} 个，已有 ${known} 个（chorus people list）。`,
  tooManyPeople: (left) => `人数已满，未采用：${left} 个。`,
  memories: ({ added, known, unknown }) =>
    `记忆：新增 ${added} 条，已有 ${known} 条（chorus memory list）。` +
    (unknown > 0 ? `另有 ${unknown} 条属于尚未接入的设备：等它们接入后再导入一次。` : ''),
  window: (days) =>
    days === 0
      ? '原服务器的设备现在需要配对码：auth.migration_days 已过。'
      : `今后 ${days} 天内，原服务器的设备从本地网络接入时不需要配对码（auth.migration_days）。`,
  restart: '请重启服务器，这样它才会在原来的端口上应答并接管设备。',
  stopOld: '启动 Chorus 之前请先停止原来的服务器：两者使用同样的端口。',
  reportKept: (file) => `报告：${file}`,
  mcpKept: (file) => `MCP 服务器：${file}（\`chorus mcp list\` 可以试用）`,
  mcpThere: (file) => `MCP 服务器：${file} 已存在，保持不变；其余的请手动加入。`,
  banner: {
    ports: '同时应答 OTA 的端口',
    inUse: (ports) => `端口 ${ports} 被其他程序占用（原来的服务器还在运行吗？）：从那里询问的设备找不到 Chorus`,
    failed: (ports) => `无法监听端口 ${ports}`,
    label: '迁移',
    left: (days) => `今后 ${days} 天内，原服务器的设备不需要配对码`,
    over: '已结束；没有来过的设备需要配对码',
  },
};

type MovingOverWords = typeof en;
export const movingOverWords: Readonly<Record<UiLanguage, MovingOverWords>> = { en, zh };
