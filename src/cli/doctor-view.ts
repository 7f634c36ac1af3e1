import type { UiLanguage } from '../core/index.js';
import {
  findingsOf,
  verdictOf,
  type Examination,
  type Finding,
  type Mended,
  type Severity,
} from '../maintenance/doctor/index.js';
import type { Text } from '../measure/report/index.js';
import type { CliContext } from './context.js';
import { DOCTOR_MESSAGES } from './messages/doctor.js';

const say = (text: Text, language: UiLanguage): string => (typeof text === 'string' ? text : text[language]);

/** The findings for a person; one line where there is nothing to mend. */
export function doctorLines(examination: Examination, verbose: boolean, context: CliContext): string {
  const words = DOCTOR_MESSAGES[context.language];
  const [faults, warnings] = [findingsOf(examination, 'fault'), findingsOf(examination, 'warning')];
  const unseen = examination.checks.filter(({ couldNotLook }) => couldNotLook !== undefined);
  const shown = verbose ? [...faults, ...warnings, ...findingsOf(examination, 'note', 'ok')] : [...faults, ...warnings];
  const blocks = shown.map((finding) => block(finding, context));
  for (const { check, couldNotLook } of unseen)
    blocks.push(`${context.colours.yellow(words.couldNotLook(check, couldNotLook ?? ''))}\n`);
  const seconds = (examination.ms / 1000).toFixed(1);
  if (faults.length + warnings.length > 0) {
    const fixable = [...faults, ...warnings].filter((finding) => finding.fixable).length;
    blocks.push(
      `${words.summary(faults.length, warnings.length)}${fixable > 0 ? ` ${words.couldFix(fixable)}` : ''}\n`,
    );
  } else
    blocks.push(
      unseen.length > 0
        ? `${words.unfinished(unseen.length)}\n`
        : `${context.colours.green(words.healthy(examination.checks.length, seconds))}\n`,
    );
  return blocks.join('');
}

function block({ id, severity, what, cause, mend }: Finding, { language, colours }: CliContext): string {
  const words = DOCTOR_MESSAGES[language];
  const paint: Readonly<Record<Severity, (text: string) => string>> = {
    fault: colours.red,
    warning: colours.yellow,
    note: colours.cyan,
    ok: colours.green,
  };
  const head = `${paint[severity](words.severities[severity])} ${say(what, language)} ${colours.dim(`[${id}]`)}\n`;
  return severity === 'ok'
    ? head
    : `${head}  ${words.cause}${say(cause, language)}\n  ${words.mend}${say(mend, language)}\n\n`;
}

export function mendedLines(mended: readonly Mended[], context: CliContext): string {
  const words = DOCTOR_MESSAGES[context.language];
  return mended
    .map(
      ({ done, words: what }) =>
        `${done ? context.colours.green(words.mended) : context.colours.red(words.notMended)}${say(what, context.language)}\n`,
    )
    .join('');
}

/** The same for scripts, in the language of the command line. */
export function doctorJson(
  examination: Examination,
  mended: readonly Mended[] | undefined,
  language: UiLanguage,
): string {
  const view = ({ id, severity, what, cause, mend, fixable }: Finding): unknown => ({
    id,
    severity,
    what: say(what, language),
    cause: say(cause, language),
    mend: say(mend, language),
    fixable,
  });
  const document = {
    format: 'chorus-doctor',
    version: 1,
    verdict: verdictOf(examination),
    faults: findingsOf(examination, 'fault').length,
    warnings: findingsOf(examination, 'warning').length,
    ms: Math.round(examination.ms),
    findings: examination.checks.flatMap(({ findings }) => findings.map(view)),
    couldNotLook: examination.checks.flatMap(({ check, couldNotLook }) =>
      couldNotLook === undefined ? [] : [{ check, why: couldNotLook }],
    ),
    ...(mended && { mended: mended.map(({ id, done, words }) => ({ id, done, what: say(words, language) })) }),
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}
