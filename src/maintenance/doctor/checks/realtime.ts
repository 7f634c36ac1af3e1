import { asChorusError, type Bilingual, both, ChorusError, inBothLanguages, withTimeout } from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { hostOf, realtimeServices } from '../providers.js';
import { answered } from './voice.js';

/** Result of opening a session with a realtime model. */
export interface RealtimeTrial {
  /** Id of the provider. */
  readonly service: string;
  readonly host: string;
  readonly ms: number;
  readonly offer: Bilingual | undefined;
  readonly failure: Bilingual | undefined;
}

const ASK_MS = 10_000;

const KNOWN = issues('realtime', {
  unusable: {
    severity: 'warning',
    ...ofError('realtime.rejected'),
    title: both('A realtime model cannot be used.', '有一个实时语音模型用不了。'),
    cause: both(
      'The key, the model, the address or the network. ' +
        'Meanwhile recognition, language model and voice serve its agents.',
      '密钥、模型、地址或网络有问题。其间由识别、大模型和声音为它的智能体服务。',
    ),
  },
});

export function judgeRealtime(trials: readonly RealtimeTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, failure }): Finding[] =>
    failure
      ? [found(KNOWN.unusable, both(`${service} (${host}): ${failure.en}`, `${service}（${host}）：${failure.zh}`))]
      : [],
  );
  return orOk(findings, 'realtime', trials.length === 0 ? both('none is offered', '没有提供') : answered(trials));
}

const slow = (): ChorusError =>
  new ChorusError('realtime.timeout', both(`no answer within ${ASK_MS / 1000} s`, `${ASK_MS / 1000} 秒内没有回答`));

async function tryRealtime({ config, clock, signal, fetch }: DoctorContext): Promise<readonly RealtimeTrial[]> {
  return Promise.all(
    realtimeServices(config).map(async ({ model, settings, url }): Promise<RealtimeTrial> => {
      const fromMs = clock.nowMs();
      const base = { service: model.id, host: hostOf(url) };
      try {
        const offer = await withTimeout(clock, ASK_MS, signal, slow, (inner) =>
          model.probe(settings, { clock, http: { fetch }, signal: inner }),
        );
        return { ...base, ms: clock.nowMs() - fromMs, offer: offer ?? undefined, failure: undefined };
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = inBothLanguages(asChorusError(thrown, 'realtime.unreachable'));
        return { ...base, ms: clock.nowMs() - fromMs, offer: undefined, failure };
      }
    }),
  );
}

export const realtimeCheck: Check = {
  id: 'realtime',
  about: both(
    'Realtime models that agents may choose: reached, and the key and the model are taken',
    '智能体可以选用的实时语音模型：能否连上，是否接受密钥和模型',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeRealtime(await tryRealtime(context)),
};
