import { testTurn, type TestFailure } from '../../maintenance/test-turn/index.js';
import {
  applyConfig,
  findBackup,
  readConfigFile,
  reloadAnswerSchema,
  type AppliedServer,
  type ApplyFailure,
  type ApplyOutcome,
  type LoadedConfig,
  type ReloadAnswer,
} from '../../config/index.js';
import {
  asChorusError,
  ChorusError,
  describeError,
  ERROR_TABLE,
  isErrorCode,
  translatedError,
  type ErrorCode,
} from '../../core/index.js';
import type { AdminClient } from '../server/admin-client.js';
import { backupPlace, configPlace, loadCandidate, readNamed, type ConfigPlace } from '../configuration/place.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { configurationWords } from '../words/configuration.js';
import { asJson } from '../terminal/json.js';

export interface ApplyFlags extends JsonFlags {
  /** False with `--no-verify`. */
  readonly verify: boolean;
}

export async function applyConfigFile(name: string, flags: ApplyFlags, context: CliContext): Promise<ExitCode> {
  const place = await configPlace(flags, context);
  return apply(await readNamed(name, context), name, false, place, flags, context);
}

export async function rollbackConfig(
  id: string | undefined,
  flags: ApplyFlags,
  context: CliContext,
): Promise<ExitCode> {
  const place = await configPlace(flags, context);
  const backup = await findBackup(place.backups, id, await readConfigFile(place.file));
  if (!backup) throw translatedError('config.no_backup', configurationWords[context.language].noBackup(id));
  return apply(await readNamed(backup.file, context), backup.file, true, place, flags, context);
}

async function apply(
  text: string,
  name: string,
  stay: boolean,
  place: ConfigPlace,
  flags: ApplyFlags,
  context: CliContext,
): Promise<ExitCode> {
  const outcome = await putIntoForce(text, name, stay, place, flags, context);
  if (flags.json) context.out(asJson(outcomeForScripts(outcome)));
  else tellOutcome(outcome, place.file, flags.verify, context);
  if (context.interrupted.aborted) return EXIT.interrupted;
  return outcome.type === 'applied' && !outcome.failure ? EXIT.ok : EXIT.undone;
}

/** Makes a checked text the configuration. Throws {@link ConfigRejected} and the errors of `applyConfig`. */
export async function putIntoForce(
  text: string,
  name: string,
  stay: boolean,
  place: ConfigPlace,
  flags: ApplyFlags,
  context: CliContext,
): Promise<ApplyOutcome<TestFailure>> {
  const loaded = await loadCandidate(text, name, place, flags, context);
  return applyConfig({
    text,
    file: place.file,
    backups: backupPlace(place, loaded, context),
    server: place.api && appliedServer(place.api, loaded, context),
    verify: flags.verify,
    stay,
  });
}

function appliedServer(
  api: AdminClient,
  loaded: LoadedConfig | undefined,
  { clock, interrupted, language: ownLanguage }: CliContext,
): AppliedServer<TestFailure> {
  const language = loaded?.config.session.language ?? 'auto';
  return {
    async reload(trial) {
      // A reload without a trial gets no signal, because the reload after a rollback must finish even after Ctrl+C.
      const answer = reloadAnswerSchema.safeParse(
        await api.call('POST', '/config/reload', { trial }, trial ? interrupted : null),
      );
      if (!answer.success) throw translatedError('device.refused', configurationWords[ownLanguage].tooOld);
      return answer.data;
    },
    prove: () => testTurn(api, language === 'auto' ? 'en-US' : language, clock, interrupted),
  };
}

export function tellOutcome(
  outcome: ApplyOutcome<TestFailure>,
  file: string,
  verified: boolean,
  context: CliContext,
): void {
  const { out, err, colours, language } = context;
  const words = configurationWords[language];
  const list = (keys: readonly string[]): string => keys.join(language === 'zh' ? '、' : ', ');
  if (outcome.type === 'gone_back') {
    for (const line of why(outcome.failure, context)) err(`${colours.red(line)}\n`);
    err(`${outcome.stuck ? colours.red(words.stuck(why(outcome.stuck, context).join(' '))) : words.wentBack}\n`);
    return;
  }
  if (outcome.backup) err(`${words.kept(outcome.backup.id, outcome.backup.file)}\n`);
  if (!outcome.answer) {
    out(`${words.noServer(file)}\n`);
    return;
  }
  out(`${colours.green(words.applied(file))}\n`);
  if (outcome.answer.changed.length > 0) out(`${words.changed(list(outcome.answer.changed))}\n`);
  if (outcome.answer.restart.length > 0) out(`${colours.yellow(words.restart(list(outcome.answer.restart)))}\n`);
  if (outcome.failure) err(`${colours.red([words.stayed, ...why(outcome.failure, context)].join('\n'))}\n`);
  else if (verified) out(`${words.proven}\n`);
}

function why(failure: ApplyFailure<TestFailure>, context: CliContext): readonly string[] {
  const words = configurationWords[context.language].why;
  if (failure.kind === 'lost' && context.interrupted.aborted) return [words.interrupted];
  if (failure.kind === 'lost') return [words.lost(describeError(failure.error, context.language))];
  if (failure.kind === 'refused') return whyRefused(failure.refusal, context);
  const { reason } = failure;
  if (reason.kind === 'not_ready') return [words.notReady(reason.what)];
  if (reason.kind === 'turn') return [words.failed(words.turn[reason.what])];
  return [
    words.failed(describeError(new ChorusError(reason.code, ERROR_TABLE[reason.code].cause.en), context.language)),
    whatToDo(reason.code, context),
  ];
}

function whyRefused(refusal: Extract<ReloadAnswer, { readonly ok: false }>, context: CliContext): readonly string[] {
  const words = configurationWords[context.language].why;
  if ('mistakes' in refusal)
    return [words.mistakes, ...refusal.mistakes.map((mistake) => `  ${mistake[context.language]}`)];
  const { part, code, message, details } = refusal.failed;
  const known: ErrorCode = isErrorCode(code) ? code : 'internal';
  return [
    words[part](`${describeError(new ChorusError(known, message, { details }), context.language)} [${code}]`),
    whatToDo(known, context),
  ];
}

function whatToDo(code: ErrorCode, { language, words }: CliContext): string {
  return `${words.error.remedy}${ERROR_TABLE[code].remedy[language]}`;
}

function plain(failure: ApplyFailure<TestFailure> | undefined): unknown {
  return failure?.kind === 'lost' ? { kind: 'lost', message: asChorusError(failure.error).message } : failure;
}

export function outcomeForScripts(outcome: ApplyOutcome<TestFailure>): unknown {
  return outcome.type === 'applied'
    ? { ...outcome, failure: plain(outcome.failure) }
    : { ...outcome, failure: plain(outcome.failure), stuck: plain(outcome.stuck) };
}
