import {
  asChorusError,
  type Bilingual,
  both,
  ChorusError,
  type ErrorCode,
  inBothLanguages,
  silentLogger,
  withTimeout,
} from '../../../core/index.js';
import { probeLlm } from '../../../providers/index.js';
import type { Check, DoctorContext } from '../check.js';
import { type Issue, issues, type Finding, found, ofError, orOk } from '../finding.js';
import { hostOf, llmChoices, modelAddress } from '../providers.js';

/** Result of one short question. */
export interface LlmTrial {
  /** `llm` or `llm.fallback`. */
  readonly key: string;
  readonly host: string;
  readonly firstTokenMs: number | undefined;
  readonly failure: { readonly code: ErrorCode; readonly detail: Bilingual } | undefined;
}

const ASK_MS = 15_000;
/** A slower first token is reported: half of the 5 s within which users should hear an answer. */
const SLOW_MS = 2500;

const KNOWN = issues('llm', {
  key: {
    severity: 'fault',
    ...ofError('llm.bad_key'),
    cause: both(
      'The key is missing or wrong, was withdrawn, or belongs to another service or region.',
      '没有密钥，密钥错误、已作废，或属于别的服务或地区。',
    ),
  },
  money: {
    severity: 'fault',
    ...ofError('llm.no_money'),
    cause: both('The balance or the free quota is used up.', '余额或免费额度用完了。'),
  },
  unreachable: {
    severity: 'fault',
    ...ofError('llm.unreachable'),
    cause: both(
      'No internet, a firewall or proxy in between, a wrong `llm.base_url`, or a local model that does not run.',
      '没有网络、中间有防火墙或代理、`llm.base_url` 写错，或本地模型没有运行。',
    ),
  },
  refused: {
    severity: 'fault',
    ...ofError('llm.failed'),
    cause: both(
      'Usually a model name that the service does not have, or a base URL without /v1.',
      '多半是服务没有这个模型名，或地址少了 /v1。',
    ),
  },
  passing: {
    severity: 'warning',
    ...ofError('llm.server_error'),
    cause: both('It is overloaded, or takes no more requests at the moment.', '它过载了，或暂时不接受更多请求。'),
  },
  slow: {
    severity: 'warning',
    title: both('The language model is slow to begin.', '大模型开口很慢。'),
    cause: both(
      'A model that thinks first, a far region, or a local one on a slow machine. ' +
        'It is most of the wait for an answer.',
      '会先思考的模型、很远的地区，或慢机器上的本地模型。等待回答的时间主要花在这里。',
    ),
    remedy: both(
      'Choose a quicker model (`llm.model`, those named flash, turbo or mini) or a nearer service.',
      '换更快的模型（`llm.model`，名字带 flash、turbo、mini 的）或更近的服务。',
    ),
  },
});

const BY_CODE: Readonly<Partial<Record<ErrorCode, Issue>>> = {
  'llm.bad_key': KNOWN.key,
  'llm.no_key': KNOWN.key,
  'llm.no_money': KNOWN.money,
  'llm.unreachable': KNOWN.unreachable,
  'llm.timeout': KNOWN.unreachable,
  'llm.rate_limited': KNOWN.passing,
  'llm.server_error': KNOWN.passing,
};

export function judgeLlm(trials: readonly LlmTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ key, host, firstTokenMs, failure }): Finding[] => {
    if (failure)
      return [
        found(
          BY_CODE[failure.code] ?? KNOWN.refused,
          both(`${key} (${host}): ${failure.detail.en}`, `${key}（${host}）：${failure.detail.zh}`),
          key === 'llm' ? {} : { severity: 'warning' },
        ),
      ];
    if ((firstTokenMs ?? 0) > SLOW_MS)
      return [
        found(
          KNOWN.slow,
          both(
            `${key} (${host}): first word after ${Math.round(firstTokenMs ?? 0)} ms.`,
            `${key}（${host}）：${Math.round(firstTokenMs ?? 0)} 毫秒后才有第一个字。`,
          ),
        ),
      ];
    return [];
  });
  return orOk(
    findings,
    'llm',
    trials.length === 0
      ? both('the offline assistant', '离线助手')
      : trials.map(({ host, firstTokenMs }) => `${host}: ${Math.round(firstTokenMs ?? 0)} ms`).join(', '),
  );
}

/** Asks each configured model one short question of a few tokens. */
async function tryModels({ config, clock, signal }: DoctorContext): Promise<readonly LlmTrial[]> {
  return Promise.all(
    llmChoices(config).map(async ({ key, choice }): Promise<LlmTrial> => {
      const url = modelAddress(choice);
      const host = url === undefined ? '?' : hostOf(url);
      const fromMs = clock.nowMs();
      const limits = { temperature: undefined, firstTokenMs: ASK_MS, replyMs: ASK_MS };
      const timedOut = (): ChorusError =>
        new ChorusError('llm.timeout', both(`no answer within ${ASK_MS / 1000} s`, `${ASK_MS / 1000} 秒内没有回答`));
      try {
        await withTimeout(clock, ASK_MS, signal, timedOut, (inner) =>
          probeLlm({ ...choice, ...limits, clock, log: silentLogger, random: Math.random }, inner),
        );
        return { key, host, firstTokenMs: clock.nowMs() - fromMs, failure: undefined };
      } catch (thrown) {
        signal.throwIfAborted();
        const error = asChorusError(thrown, 'llm.timeout');
        return { key, host, firstTokenMs: undefined, failure: { code: error.code, detail: inBothLanguages(error) } };
      }
    }),
  );
}

export const languageModelCheck: Check = {
  id: 'llm',
  about: both(
    'Language model: reached, key accepted, time to the first word; the fallback too',
    '大模型：能否连上、密钥是否有效、第一个字的时间；备用的也看',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeLlm(await tryModels(context)),
};
