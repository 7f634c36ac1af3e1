import {
  asChorusError,
  type Bilingual,
  ChorusError,
  hostOf,
  inBothLanguages,
  withTimeout,
} from '../../../core/index.js';
import type { Check, DoctorContext } from '../check.js';
import { issues, type Finding, found, ofError, orOk } from '../finding.js';
import { realtimeServices } from '../providers.js';
import { answered } from './voice.js';
import { realtimeWords } from '../words/realtime.js';
import { serviceWords } from '../words/services.js';

export interface RealtimeTrial {
  readonly service: string;
  readonly host: string;
  readonly ms: number;
  readonly offer: Bilingual | undefined;
  readonly failure: Bilingual | undefined;
}

const ASK_MS = 10_000;

const KNOWN = issues('realtime', realtimeWords.issues, {
  unusable: { severity: 'warning', ...ofError('realtime.rejected') },
});

export function judgeRealtime(trials: readonly RealtimeTrial[]): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, failure }): Finding[] =>
    failure ? [found(KNOWN.unusable, serviceWords.failed(service, host, failure))] : [],
  );
  return orOk(findings, 'realtime', trials.length === 0 ? realtimeWords.none : answered(trials));
}

const slow = (): ChorusError => new ChorusError('realtime.timeout', serviceWords.noAnswer(ASK_MS / 1000));

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
  about: realtimeWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeRealtime(await tryRealtime(context)),
};
