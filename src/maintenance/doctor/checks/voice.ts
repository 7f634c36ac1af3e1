import {
  asChorusError,
  type Bilingual,
  ChorusError,
  type ErrorCode,
  hostOf,
  inBothLanguages,
  withTimeout,
} from '../../../core/index.js';
import { providers, voiceOrder, voiceSettings } from '../../../providers/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { voiceServices } from '../providers.js';
import { voiceWords } from '../words/voice.js';
import { serviceWords } from '../words/services.js';

export interface VoiceTrial {
  readonly service: string;
  readonly host: string;
  /** True if `tts.provider` names the service, so that no other voice should replace it. */
  readonly chosen: boolean;
  readonly ms: number;
  readonly offer?: Bilingual | undefined;
  readonly failure: { readonly code: ErrorCode; readonly detail: Bilingual; readonly nameless?: boolean } | undefined;
}

const ASK_MS = 10_000;
const SLOW_MS = 2000;

const refusals = providers.voices.flatMap(({ refusal }) => refusal ?? []);

const KNOWN = issues('voice', voiceWords.issues, {
  unreachable: { severity: 'fault', ...ofError('tts.unreachable') },
  refused: {
    severity: 'fault',
    cause: voiceWords.together(refusals.map(({ cause }) => cause)),
    remedy: voiceWords.together(refusals.map(({ fix }) => fix)),
  },
  slow: 'warning',
});

export function judgeVoices(trials: readonly VoiceTrial[], provider: string): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, chosen, ms, failure }): Finding[] => {
    const severity = chosen ? 'fault' : 'warning';
    if (failure) {
      const refused = failure.code === 'tts.rejected' || failure.code === 'tts.rate_limited';
      return [
        found(refused ? KNOWN.refused : KNOWN.unreachable, serviceWords.failed(service, host, failure.detail), {
          severity: failure.nameless === true ? 'note' : severity,
        }),
      ];
    }
    return ms > SLOW_MS ? [found(KNOWN.slow, voiceWords.slow(service, host, Math.round(ms)))] : [];
  });
  return orOk(findings, 'voice', trials.length === 0 ? provider : answered(trials));
}

export function answered(trials: readonly Pick<VoiceTrial, 'service' | 'ms' | 'offer'>[]): Bilingual {
  const texts = trials.map(({ service, ms, offer }) => {
    const took = `${service}: ${Math.round(ms)} ms`;
    return offer ? serviceWords.answer(took, offer) : took;
  });
  return serviceWords.answers(texts);
}

const slow = (): ChorusError => new ChorusError('tts.timeout', serviceWords.noAnswer(ASK_MS / 1000));

function isNameless(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if (['ENOTFOUND', 'EAI_AGAIN'].includes(String((error as NodeJS.ErrnoException).code))) return true;
  return false;
}

/** Tries the chosen service. With `auto`, tries every service that `auto` may ask. */
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
  about: voiceWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeVoices(await tryVoices(context), context.config.tts.provider),
};
