import type { Text, UiLanguage } from '../../core/index.js';
import {
  findingsOf,
  verdictOfExamination,
  type Examination,
  type Finding,
  type Fixed,
  type Severity,
} from '../../maintenance/doctor/index.js';
import type { CliContext } from '../context.js';
import { doctorWords } from '../words/doctor.js';

const say = (text: Text, language: UiLanguage): string => (typeof text === 'string' ? text : text[language]);

/** One line if every check was possible and found nothing to repair. With `verbose`, all findings come before it. */
export function doctorLines(examination: Examination, verbose: boolean, context: CliContext): string {
  const words = doctorWords[context.language];
  const [faults, warnings] = [findingsOf(examination, 'fault'), findingsOf(examination, 'warning')];
  const unseen = examination.checks.filter(({ couldNotLook }) => couldNotLook !== undefined);
  const shown = verbose ? [...faults, ...warnings, ...findingsOf(examination, 'note', 'ok')] : [...faults, ...warnings];
  const blocks = shown.map((finding) => block(finding, context));
  for (const { check, couldNotLook } of unseen)
    blocks.push(`${context.colours.yellow(words.couldNotLook(check, couldNotLook?.[context.language] ?? ''))}\n`);
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

function block({ id, severity, what, cause, remedy }: Finding, { language, colours }: CliContext): string {
  const words = doctorWords[language];
  const paint: Readonly<Record<Severity, (text: string) => string>> = {
    fault: colours.red,
    warning: colours.yellow,
    note: colours.cyan,
    ok: colours.green,
  };
  const head = `${paint[severity](words.severities[severity])} ${say(what, language)} ${colours.dim(`[${id}]`)}\n`;
  return severity === 'ok'
    ? head
    : `${head}  ${words.cause}${say(cause, language)}\n  ${words.remedy}${say(remedy, language)}\n\n`;
}

export function fixedLines(fixed: readonly Fixed[], context: CliContext): string {
  const words = doctorWords[context.language];
  return fixed
    .map(
      ({ done, words: what }) =>
        (done ? context.colours.green(words.fixed) : context.colours.red(words.notFixed)) +
        `${say(what, context.language)}\n`,
    )
    .join('');
}

export function doctorJson(
  examination: Examination,
  fixed: readonly Fixed[] | undefined,
  language: UiLanguage,
): string {
  const view = ({ id, severity, what, cause, remedy, fixable }: Finding): unknown => ({
    id,
    severity,
    what: say(what, language),
    cause: say(cause, language),
    remedy: say(remedy, language),
    fixable,
  });
  const document = {
    format: 'chorus-doctor',
    version: 1,
    verdict: verdictOfExamination(examination),
    faults: findingsOf(examination, 'fault').length,
    warnings: findingsOf(examination, 'warning').length,
    ms: Math.round(examination.ms),
    findings: examination.checks.flatMap(({ findings }) => findings.map(view)),
    couldNotLook: examination.checks.flatMap(({ check, couldNotLook }) =>
      couldNotLook === undefined ? [] : [{ check, why: couldNotLook.en }],
    ),
    ...(fixed && { fixed: fixed.map(({ id, done, words }) => ({ id, done, what: say(words, language) })) }),
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
}
