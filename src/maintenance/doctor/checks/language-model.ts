import {
  asChorusError,
  type Bilingual,
  ChorusError,
  type ErrorCode,
  hostOf,
  inBothLanguages,
  silentLogger,
  withTimeout,
} from '../../../core/index.js';
import { probeLlm } from '../../../providers/index.js';
import type { Check, DoctorContext } from '../check.js';
import { type Issue, issues, type Finding, found, ofError, orOk } from '../finding.js';
import { llmChoices, modelAddress } from '../providers.js';
import { languageModelWords } from '../words/language-model.js';
import { serviceWords } from '../words/services.js';

export interface ModelTrial {
  readonly key: string;
  readonly host: string;
  readonly firstTokenMs: number | undefined;
  readonly failure: { readonly code: ErrorCode; readonly detail: Bilingual } | undefined;
}

const ASK_MS = 15_000;
/** Half of the 5 s within which users should hear an answer. */
const SLOW_MS = 2500;

const KNOWN = issues('llm', languageModelWords.issues, {
  key: { severity: 'fault', ...ofError('llm.bad_key') },
  money: { severity: 'fault', ...ofError('llm.no_money') },
  unreachable: { severity: 'fault', ...ofError('llm.unreachable') },
  refused: { severity: 'fault', ...ofError('llm.failed') },
  passing: { severity: 'warning', ...ofError('llm.server_error') },
  slow: 'warning',
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

export function judgeLlm(trials: readonly ModelTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ key, host, firstTokenMs, failure }): Finding[] => {
    if (failure)
      return [
        found(
          BY_CODE[failure.code] ?? KNOWN.refused,
          serviceWords.failed(key, host, failure.detail),
          key === 'llm' ? {} : { severity: 'warning' },
        ),
      ];
    if ((firstTokenMs ?? 0) > SLOW_MS)
      return [found(KNOWN.slow, languageModelWords.firstWord(key, host, Math.round(firstTokenMs ?? 0)))];
    return [];
  });
  return orOk(
    findings,
    'llm',
    trials.length === 0
      ? languageModelWords.offline
      : trials.map(({ host, firstTokenMs }) => `${host}: ${Math.round(firstTokenMs ?? 0)} ms`).join(', '),
  );
}

async function tryModels({ config, clock, signal }: DoctorContext): Promise<readonly ModelTrial[]> {
  return Promise.all(
    llmChoices(config).map(async ({ key, choice }): Promise<ModelTrial> => {
      const url = modelAddress(choice);
      const host = url === undefined ? '?' : hostOf(url);
      const fromMs = clock.nowMs();
      const limits = { temperature: undefined, firstTokenMs: ASK_MS, replyMs: ASK_MS };
      const timedOut = (): ChorusError => new ChorusError('llm.timeout', serviceWords.noAnswer(ASK_MS / 1000));
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
  about: languageModelWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeLlm(await tryModels(context)),
};
