import { bilingualWords } from '../../../core/index.js';

const en = {
  about:
    'The running server: answers, ready, child processes that failed or were restarted, ' +
    'models that cannot be fetched, an embedding service that fails, version',
  issues: {
    silent: {
      title: 'Connections time out: the server runs and does not answer.',
      cause: 'It hangs, the machine has stood still, or so much is going on that it does not get the CPU.',
      remedy: 'Look at `top`; write a bundle (`chorus doctor --bundle FILE`) for a report, then restart it.',
    },
    engine_failed: {
      title: 'A child process of the server cannot be kept alive.',
      cause:
        'It died three times within a minute: a model that does not load, too little memory, ' +
        'or native code that does not fit this machine.',
      remedy: 'The log of the server says why; see also what the doctor says about models, memory and packages.',
    },
    model_waits: {
      title: 'A model cannot be fetched; it is tried again and again.',
      cause: 'No mirror of it can be reached from here, or the disk is full.',
      remedy:
        'Without internet fetch the archive elsewhere: `chorus models pull ID --file ARCHIVE`; ' +
        'a running server notices. Or name a mirror: `models.mirrors`.',
    },
    not_ready: {
      title: 'The server is up and not ready.',
      cause:
        'It loads or fetches a model, or starts a child process; or the recognition model for its language is missing.',
      remedy: 'Wait; if it stays, see what the doctor says of models. /readyz shows the progress.',
    },
    restarts: {
      title: 'Child processes of the server were started again.',
      cause: 'They crashed, hung, or were killed by the kernel because memory ran out.',
      remedy:
        'The log names the reason at each restart ("engine"); see memory above. ' +
        'If there is none, send a bundle (`chorus doctor --bundle FILE`).',
    },
    embedding_fails: {
      title: 'The service that makes vectors of documents fails.',
      cause:
        'It cannot be reached, refuses the key, does not know the model, or all vectors together would be too large.',
      remedy: 'Check `knowledge.embedding` (docs/knowledge.md). Documents are found by their words meanwhile.',
    },
    other_version: {
      title: 'The running server is of another version than this command.',
      cause: 'The package was updated and the server not restarted, or there are two installations.',
      remedy: 'Restart the server (`chorus drain`, then start it).',
    },
    absent: {
      title: 'No server runs on the data folder.',
      cause: 'It was not started, or runs on another folder, or in a container whose folder this is not.',
      remedy: '`chorus serve` starts it; `--data` names the folder.',
    },
  },
  silent: (origin: string, pid: number, seconds: number) =>
    `${origin} (process ${pid}) did not answer within ${seconds} s.`,
  ready: (origin: string) => `${origin}, ready`,
  engineFailed: (name: string, reason: string | undefined) => `${name}: ${reason ?? 'no reason was given'}.`,
  modelWaits: (id: string, reason: null | string | undefined) =>
    `${id}: ${(reason ?? 'waiting').replace(`${id} `, '')}.`,
  waitsFor: (why: string) => `It waits for: ${why === '' ? '?' : why}.`,
  otherVersion: (running: string, version: string) => `It is ${running}; this is ${version}.`,
  restarts: (count: number, engines: readonly string[]) => `${count} restarts: ${engines.join(', ')}.`,
  embeddingFails: (since: string, reason: string) => `Since ${since}: ${reason}.`,
};

const zh: typeof en = {
  about: '运行中的服务器：响应、就绪、失败或重启过的子进程、下载不了的模型、出错的向量服务、版本',
  issues: {
    silent: {
      title: '连接超时：服务器在运行，但没有响应。',
      cause: '它卡住了、机器停顿，或太忙而得不到 CPU。',
      remedy: '看 `top`；用 `chorus doctor --bundle 文件` 保存现场用于报告，然后重启。',
    },
    engine_failed: {
      title: '服务器的子进程一直起不来。',
      cause: '一分钟内结束了三次：模型无法加载、内存不够，或原生程序不适合这台机器。',
      remedy: '原因见服务器的日志；也请看 doctor 对模型、内存、软件包的判断。',
    },
    model_waits: {
      title: '模型下载不下来，正在反复重试。',
      cause: '从这里连不上它的任何镜像，或磁盘已满。',
      remedy:
        '没有网络时在别处下载压缩包：`chorus models pull 编号 --file 压缩包`，运行中的服务器会自己发现。或指定镜像：`models.mirrors`。',
    },
    not_ready: {
      title: '服务器已启动，但还没就绪。',
      cause: '正在加载或下载模型、启动子进程，或缺少所设语言的识别模型。',
      remedy: '请等待；如果一直这样，看 doctor 对模型的判断。进度见 /readyz。',
    },
    restarts: {
      title: '服务器的子进程曾被重新启动。',
      cause: '它们崩溃、卡住，或因缺内存被内核结束。',
      remedy:
        '每次重启的原因在日志里（“engine”）；也看上面的内存一项。找不到原因请附上 `chorus doctor --bundle 文件` 报告。',
    },
    embedding_fails: {
      title: '为文档生成向量的服务出错。',
      cause: '连不上、密钥被拒绝、没有这个模型，或所有向量合计太大。',
      remedy: '请检查 `knowledge.embedding`（见文档《知识库》）。这期间文档仍可按字词找到。',
    },
    other_version: {
      title: '运行中的服务器与这个命令版本不同。',
      cause: '更新了软件包但没有重启服务器，或装了两份。',
      remedy: '重启服务器（`chorus drain` 后再启动）。',
    },
    absent: {
      title: '没有服务器在使用这个数据文件夹。',
      cause: '没有启动，或用的是别的文件夹，或在别的容器里。',
      remedy: '用 `chorus serve` 启动；用 `--data` 指明文件夹。',
    },
  },
  silent: (origin, pid, seconds) => `${origin}（进程 ${pid}）${seconds} 秒内没有响应。`,
  ready: (origin) => `${origin}，已就绪`,
  engineFailed: (name, reason) => `${name}：${reason ?? '没有给出原因'}。`,
  modelWaits: (id) => `${id}：下载没有成功，稍后会再试。`,
  waitsFor: (why) => `正在等待：${why === '' ? '？' : why}。`,
  otherVersion: (running, version) => `它是 ${running}，这个命令是 ${version}。`,
  restarts: (count, engines) => `重启 ${count} 次：${engines.join('、')}。`,
  embeddingFails: (since, reason) => `自 ${since} 起：${reason}。`,
};

export const serverWords = bilingualWords({ en, zh });
