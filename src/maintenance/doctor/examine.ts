import { setMaxListeners } from 'node:events';
import { inBothLanguages, type Bilingual } from '../../core/index.js';
import type { Check, DoctorContext } from './check.js';
import type { Finding, Severity } from './finding.js';

export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
  /** Why the check could not be done. Undefined if it was done. */
  readonly couldNotLook: Bilingual | undefined;
  readonly ms: number;
}

export interface Examination {
  readonly checks: readonly Examined[];
  readonly ms: number;
}

/** Runs the checks in parallel. `onDone` is called after each. Rejects only with the signal's reason. */
export async function examine(
  checks: readonly Check[],
  context: DoctorContext,
  onDone: (done: number, of: number) => void = () => undefined,
): Promise<Examination> {
  const { clock, signal } = context;
  // All checks listen to this signal at once, and Node would warn of too many listeners.
  setMaxListeners(0, signal);
  const fromMs = clock.nowMs();
  let done = 0;
  const examined = await Promise.all(
    checks.map(async (check): Promise<Examined> => {
      const beganMs = clock.nowMs();
      try {
        return {
          check: check.id,
          findings: await check.run(context),
          couldNotLook: undefined,
          ms: clock.nowMs() - beganMs,
        };
      } catch (error) {
        signal.throwIfAborted();
        return {
          check: check.id,
          findings: [],
          couldNotLook: inBothLanguages(error),
          ms: clock.nowMs() - beganMs,
        };
      } finally {
        done += 1;
        onDone(done, checks.length);
      }
    }),
  );
  signal.throwIfAborted();
  return { checks: examined, ms: clock.nowMs() - fromMs };
}

export function findingsOf({ checks }: Examination, ...severities: readonly Severity[]): readonly Finding[] {
  return checks.flatMap(({ findings }) => findings.filter(({ severity }) => severities.includes(severity)));
}

/** `could not look` means that no fault was found, but a check could not be done. */
export type DoctorVerdict = 'healthy' | 'faults' | 'could not look';

export function verdictOfExamination(examination: Examination): DoctorVerdict {
  if (findingsOf(examination, 'fault').length > 0) return 'faults';
  return examination.checks.some(({ couldNotLook }) => couldNotLook !== undefined) ? 'could not look' : 'healthy';
}
