import {
  asChorusError,
  type Bilingual,
  both,
  ChorusError,
  type ErrorCode,
  inBothLanguages,
  withTimeout,
} from '../../../core/index.js';
import { providers, voiceOrder, voiceSettings } from '../../../providers/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { hostOf, voiceServices } from '../providers.js';

/** Result of asking a voice service whether it accepts our requests. */
export interface VoiceTrial {
  /** Id of the voice. */
  readonly service: string;
  readonly host: string;
  /** True: the voice was chosen by name, so no other voice is expected to speak. */
  readonly chosen: boolean;
  readonly ms: number;
  /** The service's own summary of its offer, if it gives one. */
  readonly offer?: Bilingual | undefined;
  readonly failure: { readonly code: ErrorCode; readonly detail: Bilingual; readonly nameless?: boolean } | undefined;
}

const ASK_MS = 10_000;
const SLOW_MS = 2000;

const refusals = providers.voices.flatMap(({ refusal }) => refusal ?? []);
/** Texts of all services that may refuse, joined. */
const all = (part: 'cause' | 'fix') =>
  both(refusals.map((refusal) => refusal[part].en).join(' '), refusals.map((refusal) => refusal[part].zh).join(''));

const KNOWN = issues('voice', {
  unreachable: {
    severity: 'fault',
    ...ofError('tts.unreachable'),
    cause: both(
      'No internet, or a firewall or proxy in between. ' +
        'Meanwhile a voice of this machine speaks, if it has one for the language.',
      '没有网络，或中间有防火墙、代理。其间由本机语音合成代替（如果它会这种语言）。',
    ),
  },
  refused: {
    severity: 'fault',
    title: both('The voice service refuses.', '语音合成服务拒绝请求。'),
    cause: all('cause'),
    remedy: all('fix'),
  },
  slow: {
    severity: 'warning',
    title: both('The voice service is slow.', '语音合成服务很慢。'),
    cause: both('A long or bad way to it.', '网络路径太长或太差。'),
    remedy: both('Choose a local voice, or a service that is nearer.', '选本地语音或更近的服务。'),
  },
});

export function judgeVoices(trials: readonly VoiceTrial[], provider: string): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, chosen, ms, failure }): Finding[] => {
    const severity = chosen ? 'fault' : 'warning';
    if (failure) {
      const refused = failure.code === 'tts.rejected' || failure.code === 'tts.rate_limited';
      return [
        found(
          refused ? KNOWN.refused : KNOWN.unreachable,
          both(`${service} (${host}): ${failure.detail.en}`, `${service}（${host}）：${failure.detail.zh}`),
          { severity: failure.nameless === true ? 'note' : severity },
        ),
      ];
    }
    return ms > SLOW_MS
      ? [
          found(
            KNOWN.slow,
            both(
              `${service} (${host}): connected after ${Math.round(ms)} ms.`,
              `${service}（${host}）：${Math.round(ms)} 毫秒才连上。`,
            ),
          ),
        ]
      : [];
  });
  return orOk(findings, 'voice', trials.length === 0 ? provider : answered(trials));
}

/** Response time and offer of each service. */
export function answered(trials: readonly Pick<VoiceTrial, 'service' | 'ms' | 'offer'>[]): Bilingual {
  const texts = trials.map(({ service, ms, offer }) => {
    const took = `${service}: ${Math.round(ms)} ms`;
    return offer ? both(`${took}, ${offer.en}`, `${took}，${offer.zh}`) : both(took, took);
  });
  return both(texts.map(({ en }) => en).join('; '), texts.map(({ zh }) => zh).join('；'));
}

const slow = (): ChorusError =>
  new ChorusError('tts.timeout', both(`no answer within ${ASK_MS / 1000} s`, `${ASK_MS / 1000} 秒内没有回答`));

/** True if the name of the service could not be resolved. */
function isNameless(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if (['ENOTFOUND', 'EAI_AGAIN'].includes(String((error as NodeJS.ErrnoException).code))) return true;
  return false;
}

/** Tries each service that would be asked first: the chosen one, or those of `auto`. */
async function tryVoices({ config, clock, signal, fetch }: DoctorContext): Promise<readonly VoiceTrial[]> {
  const { tts } = config;
  const asked = voiceOrder(providers.voices, tts.provider).filter(({ id }) => [id, 'auto'].includes(tts.provider));
  const trials = voiceServices(config, asked).map(async ({ voice, url }): Promise<VoiceTrial> => {
    const fromMs = clock.nowMs();
    const base = { service: voice.id, host: hostOf(url), chosen: tts.provider === voice.id };
    try {
      const offer = await withTimeout(clock, ASK_MS, signal, slow, async (inner) =>
        voice.probe?.(voiceSettings(voice, tts), { clock, http: { fetch }, signal: inner }),
      );
      return { ...base, ms: clock.nowMs() - fromMs, offer: offer ?? undefined, failure: undefined };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asChorusError(thrown, 'tts.unreachable');
      const failure = { code: error.code, detail: inBothLanguages(error), nameless: isNameless(error) };
      return { ...base, ms: clock.nowMs() - fromMs, failure };
    }
  });
  return Promise.all(trials);
}

export const voiceCheck: Check = {
  id: 'voice',
  about: both(
    'Voice services that are configured: reached, key accepted, and how long it took',
    '所配置的语音合成服务：能否连上、密钥是否有效，以及用时',
  ),
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeVoices(await tryVoices(context), context.config.tts.provider),
};
