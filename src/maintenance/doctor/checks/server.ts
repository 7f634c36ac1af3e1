import { z } from 'zod';
import { both, type MetricValue, parseExposition, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

/** Facts that a running server reports about itself. */
export interface ServerFacts {
  readonly origin: string;
  readonly pid: number;
  /** Undefined: no answer in time. */
  readonly readiness: Readiness | undefined;
  /** Undefined: it has no metrics (`metrics.enabled`). */
  readonly metrics: readonly MetricValue[] | undefined;
  /** Version of this package. */
  readonly version: string;
}

const readinessSchema = z.object({
  ready: z.boolean(),
  draining: z.boolean().optional(),
  details: z
    .object({
      starting: z.array(z.string()).default([]),
      engines: z
        .array(z.object({ name: z.string(), state: z.string(), restarts: z.number(), reason: z.string().optional() }))
        .default([]),
      models: z
        .array(z.object({ id: z.string(), state: z.string(), reason: z.string().optional().nullable() }))
        .default([]),
      embedding: z
        .object({ sinceMs: z.number(), reason: z.object({ en: z.string(), zh: z.string() }) })
        .optional()
        .catch(undefined),
    })
    .optional(),
});
export type Readiness = z.output<typeof readinessSchema>;

const ASK_MS = 10_000;
/** A single restart may be a kill by hand. */
const RESTARTS_MANY = 3;

const KNOWN = issues('server', {
  silent: {
    severity: 'fault',
    title: both('Connections time out: the server runs and does not answer.', '连接超时：服务器在运行，但没有响应。'),
    cause: both(
      'It hangs, the machine has stood still, or so much is going on that it does not get the CPU.',
      '它卡住了、机器停顿，或太忙而得不到 CPU。',
    ),
    remedy: both(
      'Look at `top`; write a bundle (`chorus doctor --bundle FILE`) for a report, then restart it.',
      '看 `top`；用 `chorus doctor --bundle 文件` 保存现场用于报告，然后重启。',
    ),
  },
  engine_failed: {
    severity: 'fault',
    title: both('A child process of the server cannot be kept alive.', '服务器的子进程一直起不来。'),
    cause: both(
      'It died three times within a minute: a model that does not load, too little memory, ' +
        'or native code that does not fit this machine.',
      '一分钟内结束了三次：模型无法加载、内存不够，或原生程序不适合这台机器。',
    ),
    remedy: both(
      'The log of the server says why; see also what the doctor says about models, memory and packages.',
      '原因见服务器的日志；也请看 doctor 对模型、内存、软件包的判断。',
    ),
  },
  model_waits: {
    severity: 'warning',
    title: both('A model cannot be fetched; it is tried again and again.', '模型下载不下来，正在反复重试。'),
    cause: both(
      'No mirror of it can be reached from here, or the disk is full.',
      '从这里连不上它的任何镜像，或磁盘已满。',
    ),
    remedy: both(
      'Without internet fetch the archive elsewhere: `chorus models pull ID --file ARCHIVE`; ' +
        'a running server notices. Or name a mirror: `models.mirrors`.',
      '没有网络时在别处下载压缩包：`chorus models pull 编号 --file 压缩包`，运行中的服务器会自己发现。或指定镜像：`models.mirrors`。',
    ),
  },
  not_ready: {
    severity: 'warning',
    title: both('The server is up and not ready.', '服务器已启动，但还没就绪。'),
    cause: both(
      'It loads or fetches a model, or starts a child process; or the recognition model for its language is missing.',
      '正在加载或下载模型、启动子进程，或缺少所设语言的识别模型。',
    ),
    remedy: both(
      'Wait; if it stays, see what the doctor says of models. /readyz shows the progress.',
      '请等待；如果一直这样，看 doctor 对模型的判断。进度见 /readyz。',
    ),
  },
  restarts: {
    severity: 'warning',
    title: both('Child processes of the server were started again.', '服务器的子进程曾被重新启动。'),
    cause: both(
      'They crashed, hung, or were killed by the kernel because memory ran out.',
      '它们崩溃、卡住，或因缺内存被内核结束。',
    ),
    remedy: both(
      'The log names the reason at each restart ("engine"); see memory above. ' +
        'If there is none, send a bundle (`chorus doctor --bundle FILE`).',
      '每次重启的原因在日志里（“engine”）；也看上面的内存一项。找不到原因请附上 `chorus doctor --bundle 文件` 报告。',
    ),
  },
  embedding_fails: {
    severity: 'warning',
    title: both('The service that makes vectors of documents fails.', '为文档生成向量的服务出错。'),
    cause: both(
      'It cannot be reached, refuses the key, does not know the model, or all vectors together would be too large.',
      '连不上、密钥被拒绝、没有这个模型，或所有向量合计太大。',
    ),
    remedy: both(
      'Check `knowledge.embedding` (docs/knowledge.md). Documents are found by their words meanwhile.',
      '请检查 `knowledge.embedding`（见文档《知识库》）。这期间文档仍可按字词找到。',
    ),
  },
  other_version: {
    severity: 'note',
    title: both('The running server is of another version than this command.', '运行中的服务器与这个命令版本不同。'),
    cause: both(
      'The package was updated and the server not restarted, or there are two installations.',
      '更新了软件包但没有重启服务器，或装了两份。',
    ),
    remedy: both('Restart the server (`chorus drain`, then start it).', '重启服务器（`chorus drain` 后再启动）。'),
  },
  absent: {
    severity: 'note',
    title: both('No server runs on the data folder.', '没有服务器在使用这个数据文件夹。'),
    cause: both(
      'It was not started, or runs on another folder, or in a container whose folder this is not.',
      '没有启动，或用的是别的文件夹，或在别的容器里。',
    ),
    remedy: both(
      '`chorus serve` starts it; `--data` names the folder.',
      '用 `chorus serve` 启动；用 `--data` 指明文件夹。',
    ),
  },
});

export function judgeServer(facts: ServerFacts | undefined): readonly Finding[] {
  if (facts === undefined) return [found(KNOWN.absent, KNOWN.absent.title)];
  const { origin, pid, readiness } = facts;
  if (readiness === undefined)
    return [
      found(
        KNOWN.silent,
        both(
          `${origin} (process ${pid}) did not answer within ${ASK_MS / 1000} s.`,
          `${origin}（进程 ${pid}）${ASK_MS / 1000} 秒内没有响应。`,
        ),
      ),
    ];
  const findings = [...ofReadiness(readiness), ...ofEmbedding(readiness), ...ofVersion(facts)];
  return orOk(findings, 'server', both(`${origin}, ready`, `${origin}，已就绪`));
}

function ofReadiness(readiness: NonNullable<ServerFacts['readiness']>): readonly Finding[] {
  const findings: Finding[] = [];
  const { engines = [], models = [], starting = [] } = readiness.details ?? {};
  for (const { name, state, reason } of engines)
    if (state === 'failed')
      findings.push(
        found(
          KNOWN.engine_failed,
          both(`${name}: ${reason ?? 'no reason was given'}.`, `${name}：${reason ?? '没有给出原因'}。`),
        ),
      );
  for (const { id, state, reason } of models)
    if (state === 'waiting')
      findings.push(
        found(
          KNOWN.model_waits,
          both(`${id}: ${(reason ?? 'waiting').replace(`${id} `, '')}.`, `${id}：下载没有成功，稍后会再试。`),
        ),
      );
  if (!readiness.ready && findings.length === 0) {
    const why = readiness.draining === true ? 'drain' : starting.join(', ');
    findings.push(
      found(
        KNOWN.not_ready,
        both(`It waits for: ${why === '' ? '?' : why}.`, `正在等待：${why === '' ? '？' : why}。`),
      ),
    );
  }
  const restarts = engines.reduce((sum, engine) => sum + engine.restarts, 0);
  if (restarts >= RESTARTS_MANY)
    findings.push(
      found(
        KNOWN.restarts,
        both(
          `${restarts} restarts: ${engines.map((engine) => `${engine.name} ${engine.restarts}`).join(', ')}.`,
          `重启 ${restarts} 次：${engines.map((engine) => `${engine.name} ${engine.restarts}`).join('、')}。`,
        ),
      ),
    );
  return findings;
}

function ofEmbedding({ details }: Readiness): readonly Finding[] {
  const failing = details?.embedding;
  if (failing === undefined) return [];
  const since = `${new Date(failing.sinceMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const { en, zh } = failing.reason;
  return [found(KNOWN.embedding_fails, both(`Since ${since}: ${en}.`, `自 ${since} 起：${zh}。`))];
}

function ofVersion({ metrics, version }: ServerFacts): readonly Finding[] {
  const running = metrics?.find(({ name }) => name === 'chorus_build_info')?.labels['version'];
  if (running === undefined || running === version) return [];
  const words = both(`It is ${running}; this is ${version}.`, `它是 ${running}，这个命令是 ${version}。`);
  return [found(KNOWN.other_version, words)];
}

/** Reads `/readyz` and `/metrics` of the server of the data folder. */
export async function serverFacts({
  server,
  clock,
  signal,
  fetch,
  config,
  version,
}: DoctorContext): Promise<ServerFacts | undefined> {
  if (server === undefined) return undefined;
  const token = config.metrics.token;
  const ask = (path: string): Promise<string | undefined> =>
    withTimeout(
      clock,
      ASK_MS,
      signal,
      () => new Error('no answer'),
      async (inner) => {
        const response = await fetch(`${server.origin}${path}`, {
          signal: inner,
          redirect: 'manual',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });
        return path === '/metrics' && !response.ok ? undefined : response.text();
      },
    ).catch(() => undefined);
  const [readiness, metrics] = await Promise.all([ask('/readyz'), ask('/metrics')]);
  signal.throwIfAborted();
  return {
    origin: server.origin,
    pid: server.pid,
    version,
    readiness: parsed(readiness),
    metrics: metrics === undefined ? undefined : parseExposition(metrics),
  };
}

function parsed(text: string | undefined): Readiness | undefined {
  try {
    return readinessSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

export const serverCheck: Check = {
  id: 'server',
  about: both(
    'The running server: answers, ready, child processes that failed or were restarted, ' +
      'models that cannot be fetched, an embedding service that fails, version',
    '运行中的服务器：响应、就绪、失败或重启过的子进程、下载不了的模型、出错的向量服务、版本',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeServer(await serverFacts(context)),
};
