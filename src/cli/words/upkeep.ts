import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    wait: 'seconds that this may take (otherwise server.drain_ms); after that replies are cut',
    restart: 'end so that systemd or a container engine starts it again (exit code 11), and look whether it is back',
    tasks: 'tasks to do (none: all of them)',
    dryRun: 'change nothing, only tell what would be done',
    status: 'how it went last',
    out: 'file to write',
    models: 'ids of installed models to take along, separated by commas (otherwise all that are installed)',
    platform: 'of the machine it is for (otherwise that of this one); another one needs npm and a registry',
    notNumber: 'It is not a number of seconds.',
  },
  drain: {
    noServer: (data: string) => `no server runs on the data folder ${data}`,
    begun: (seconds: number) => `No new conversations begin. Those under way may finish, ${seconds} s at most.`,
    nobodyKnown: (code: number) =>
      'Nothing is known here that would start the server again (systemd, a container). It ends with ' +
      `exit code ${code}; if nobody looks at that, start it yourself.`,
    stillThere: (seconds: number) => `the server has not ended after ${seconds} s`,
    stopped: (container: boolean): string =>
      container
        ? 'The server has ended. Its container engine may start it again at once: ' +
          '`docker compose stop` keeps it stopped.'
        : 'The server has ended.',
    back: (seconds: string, pid: number) => `The server is back and ready after ${seconds} s (process ${pid}).`,
    notBack: (seconds: number) =>
      `The server has ended, and within ${seconds} s nobody has started it again. Start it: ` +
      `\`npx chorus serve\`, or \`systemctl start chorus\`.`,
  },
  upkeep: {
    never: 'not yet',
    outcome: { done: 'done', attention: 'look at it', skipped: 'left out', failed: 'failed' },
    at: (time: string, tookS: string) => `${time}, ${tookS} s`,
    next: (time: string) => `Next: ${time}`,
    running: 'It is under way.',
    inServer: 'The running server does it.',
    goesOn: 'The running server goes on with it; `chorus upkeep --status` tells how far it is.',
    here: 'No server runs on the data folder; it is done here.',
    unknown: (name: string, known: string) => `there is no task ${name}; there are ${known}`,
    unreadable: 'the running server does not know upkeep; restart it once',
  },
  bundle: {
    packing: (what: string) => `Packing ${what}`,
    packages: (platform: string) => `Fetching the packages of ${platform} with npm`,
    noModel: (id: string) => `the model ${id} is not installed here`,
    written: (file: string, mb: string, sha256: string) => `${file}: ${mb} MB\nsha256 ${sha256}`,
    contents: (version: string, platform: string, models: string) =>
      `Chorus ${version} for ${platform}${models === '' ? ', without further models' : `, with ${models}`}`,
    next: (folder: string) =>
      `There: tar xzf FILE && cd ${folder} && ./start.sh     (Node.js 20.19 or newer; INSTALL.md says more)`,
    untested: (platform: string) => `Made for ${platform} on another platform: it was not tried out here.`,
  },
};

const zh: typeof en = {
  help: {
    wait: '最多等多少秒（不写则用 server.drain_ms）；之后回答会被打断',
    restart: '结束后由 systemd 或容器引擎重新启动（退出码 11），并查看它是否回来',
    tasks: '要做的任务（不写则全部）',
    dryRun: '什么都不改，只说会做什么',
    status: '上一次做得怎样',
    out: '写到哪个文件',
    models: '要带上的已安装模型的编号，用逗号分隔（不写则为所有已安装的）',
    platform: '给哪种机器用（不写则与本机相同）；其他平台需要 npm 和软件源',
    notNumber: '这不是秒数。',
  },
  drain: {
    noServer: (data) => `没有服务器在使用数据文件夹 ${data}`,
    begun: (seconds) => `不再开始新对话。进行中的可以说完，最多 ${seconds} 秒。`,
    nobodyKnown: (code) =>
      `这里没有发现会重新启动服务器的东西（systemd、容器）。它会以退出码 ${code} 结束；如果没有人处理，请自己启动。`,
    stillThere: (seconds) => `${seconds} 秒后服务器仍未结束`,
    stopped: (container) =>
      container ? '服务器已结束。容器引擎可能马上又会启动它：要让它停着，用 `docker compose stop`。' : '服务器已结束。',
    back: (seconds, pid) => `${seconds} 秒后服务器已回来并就绪（进程 ${pid}）。`,
    notBack: (seconds) =>
      `服务器已结束，${seconds} 秒内没有人重新启动它。请启动：\`npx chorus serve\`，或 \`systemctl start chorus\`。`,
  },
  upkeep: {
    never: '还没有',
    outcome: { done: '完成', attention: '请留意', skipped: '略过', failed: '失败' },
    at: (time, tookS) => `${time}，${tookS} 秒`,
    next: (time) => `下一次：${time}`,
    running: '正在进行。',
    inServer: '由正在运行的服务器来做。',
    goesOn: '运行中的服务器会继续做；用 `chorus upkeep --status` 查看进展。',
    here: '没有服务器在使用这个数据文件夹，就在这里做。',
    unknown: (name, known) => `没有任务 ${name}；有 ${known}`,
    unreadable: '正在运行的服务器还不会维护；请先重启一次',
  },
  bundle: {
    packing: (what) => `正在打包 ${what}`,
    packages: (platform) => `正在用 npm 取 ${platform} 的软件包`,
    noModel: (id) => `这里没有安装模型 ${id}`,
    written: (file, mb, sha256) => `${file}：${mb} MB\nsha256 ${sha256}`,
    contents: (version, platform, models) =>
      `Chorus ${version}，用于 ${platform}${models === '' ? '，不含其他模型' : `，含 ${models}`}`,
    next: (folder) =>
      `在那台机器上：tar xzf 文件 && cd ${folder} && ./start.sh     （需要 Node.js 20.19 或更新；详见 INSTALL.md）`,
    untested: (platform) => `这是在另一种平台上为 ${platform} 打的包，没有在这里试过。`,
  },
};

export const upkeepWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
