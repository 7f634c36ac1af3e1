import { MeasuredCosts, type RecognitionCost } from '../../../capacity/index.js';
import {
  PINNED_SHERPA,
  type ReachedCost,
  reachedCost,
  runtimeText,
  type SpeechRuntime,
  speechRuntime,
} from '../../../engines/index.js';
import { describeMachine } from '../../../platform/machine/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { speechRuntimeWords } from '../words/speech-runtime.js';

export interface SpeechRuntimeFacts {
  readonly runtime: SpeechRuntime;
  /** One cost for each model that the self-test timed with this runtime. */
  readonly recognition: readonly RecognitionCost[];
  /** Cost on this family of processors. Undefined if nobody measured this family. */
  readonly reached: ReachedCost | undefined;
}

/** A slow version of the runtime takes twice as long. A busy machine or a low clock rate adds only up to half. */
const FAR = 1.6;

const KNOWN = issues('speech', speechRuntimeWords.issues, { version: 'warning', slow: 'warning' });

export function judgeSpeechRuntime({ runtime, recognition, reached }: SpeechRuntimeFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const { addon, library, version } = runtime;
  // A missing package has no version and is left out, because another check reports it.
  if ((addon ?? PINNED_SHERPA) !== PINNED_SHERPA || (version ?? PINNED_SHERPA) !== PINNED_SHERPA)
    findings.push(
      found(KNOWN.version, speechRuntimeWords.version(addon, library, version, PINNED_SHERPA, runtimeText(runtime))),
    );
  for (const { model, msPerSpeechSecond } of recognition) {
    const known = reached?.msPerSpeechSecond[model];
    if (known === undefined || msPerSpeechSecond <= FAR * known) continue;
    const [here, there] = [msPerSpeechSecond.toFixed(0), known.toFixed(0)];
    findings.push(found(KNOWN.slow, speechRuntimeWords.slow(model, here, there, reached?.family)));
  }
  const costs = recognition.map(({ model, msPerSpeechSecond }) =>
    speechRuntimeWords.cost(model, msPerSpeechSecond.toFixed(0)),
  );
  return orOk(findings, 'speech', speechRuntimeWords.ok([runtimeText(runtime), ...costs]));
}

export const speechRuntimeCheck: Check = {
  id: 'speech',
  about: speechRuntimeWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, readText, speechFrom }) {
    const runtime = await speechRuntime(speechFrom);
    const costs = await MeasuredCosts.load(dataDir);
    return judgeSpeechRuntime({
      runtime,
      recognition: costs.recognition(describeMachine(readText), runtime.version),
      reached: reachedCost(readText('/proc/cpuinfo')),
    });
  },
};
