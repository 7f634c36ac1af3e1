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
import { recognitionServices } from '../providers.js';
import { answered } from './voice.js';
import { recognitionWords } from '../words/recognition.js';
import { serviceWords } from '../words/services.js';

export interface RecognitionTrial {
  readonly service: string;
  readonly host: string;
  /** True if `asr.model` names the service. False for fallbacks and for services that agents may choose. */
  readonly chosen: boolean;
  readonly ms: number;
  readonly offer: Bilingual | undefined;
  readonly failure: Bilingual | undefined;
}

const ASK_MS = 10_000;

const KNOWN = issues('recognition', recognitionWords.issues, {
  unreachable: { severity: 'fault', ...ofError('asr.unreachable') },
});

export function judgeRecognition(trials: readonly RecognitionTrial[], model: string): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, chosen, failure }): Finding[] =>
    failure
      ? [found(KNOWN.unreachable, serviceWords.failed(service, host, failure), chosen ? {} : { severity: 'warning' })]
      : [],
  );
  return orOk(findings, 'recognition', trials.length === 0 ? model : answered(trials));
}

const slow = (): ChorusError => new ChorusError('asr.timeout', serviceWords.noAnswer(ASK_MS / 1000));

async function tryRecognition({ config, clock, signal, fetch }: DoctorContext): Promise<readonly RecognitionTrial[]> {
  const { asr } = config;
  const trials = recognitionServices(config).flatMap(({ service, settings, url }) =>
    service.probe ? [{ id: service.id, url, probe: service.probe.bind(service, settings) }] : [],
  );
  return Promise.all(
    trials.map(async ({ id, url, probe }): Promise<RecognitionTrial> => {
      const fromMs = clock.nowMs();
      const base = { service: id, host: hostOf(url), chosen: asr.model === id };
      try {
        const offer = await withTimeout(clock, ASK_MS, signal, slow, (inner) =>
          probe({ clock, http: { fetch }, signal: inner }),
        );
        return { ...base, ms: clock.nowMs() - fromMs, offer: offer ?? undefined, failure: undefined };
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = inBothLanguages(asChorusError(thrown, 'asr.unreachable'));
        return { ...base, ms: clock.nowMs() - fromMs, offer: undefined, failure };
      }
    }),
  );
}

export const recognitionCheck: Check = {
  id: 'recognition',
  about: recognitionWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async (context) => judgeRecognition(await tryRecognition(context), context.config.asr.model),
};
