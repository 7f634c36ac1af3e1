import { isLoopback } from '../../core/index.js';
import { existsSync } from 'node:fs';
import { renderUnicodeCompact } from 'uqr';
import type { Config } from '../../config/index.js';
import type { RunningServer, ServerStatus } from '../../main.js';
import { CHINESE_MODEL, ENGLISH_MODEL, findModel } from '../../engines/index.js';
import { providers } from '../../providers/index.js';
import { DEFAULT_DATA_FOLDER, type CliContext } from '../context.js';
import { labelRow } from '../terminal/table.js';
import { movingOverLines } from './moving-over-lines.js';
import { adminWords } from '../words/admin.js';
import { profileWords } from '../words/profile.js';
import { serveWords } from '../words/serve.js';

const LABEL_COLUMNS = 28;
/** A recording of English speech, which exists only in a clone of the repository. */
const RECORDING = 'assets/speech/austen-0880.wav';

function row(label: string, value: string, context: CliContext): string {
  return labelRow(label, value, LABEL_COLUMNS, context);
}

export function openingLines(version: string, dataDir: string, config: Config, context: CliContext): string {
  const { language, colours } = context;
  const { pairing, auto_bind_max: max } = config.auth;
  return [
    `${colours.bold(serveWords[language].starting(version))}\n`,
    row(serveWords[language].data, dataDir, context),
    row(
      serveWords[language].pairing,
      pairing === 'lan' ? serveWords[language].pairings.lan(max) : serveWords[language].pairings[pairing](),
      context,
    ),
  ].join('');
}

export function serverLines(server: RunningServer, config: Config, dataFolder: string, context: CliContext): string {
  const { language, colours, terminal } = context;
  const w = serveWords[language];
  const [own, here] = server.otaUrls;
  const url = own ?? here ?? '';
  const loopbackHost = /^(127\.|::1$|localhost$)/.test(server.host);
  const onlyHere = loopbackHost || isLoopback(url);
  const status = server.status();
  const shown = onlyHere ? (here ?? url) : url;
  // The commands shown below need this flag, because a command finds the server by its data folder.
  const dataFlag =
    dataFolder === DEFAULT_DATA_FOLDER
      ? ''
      : `--data ${/\s/.test(dataFolder) ? JSON.stringify(dataFolder) : dataFolder} `;
  const lines = [
    row(w.ota, colours.bold(colours.cyan(shown)), context),
    row(w.websocket, server.websocketUrl, context),
    row(adminWords[context.language].page, pageAddresses(server, onlyHere, context), context),
    row(w.model, hears(status, config, context), context),
    row(w.llm, isBuiltIn(status.llm) ? w.offline : status.llm, context),
    row(w.voice, status.voices.map((id) => providers.voice(id)?.name[language] ?? id).join(' → '), context),
    row(profileWords[context.language].label, profileWords[context.language].carries(status.capacity), context),
  ];
  lines.push(...newPasswordLines(server, dataFlag, context));
  lines.push(...movingOverLines(server, context, (label, value) => row(label, value, context)));
  const { missingVoice } = status;
  if (missingVoice) lines.push(`  ${colours.yellow(w.voiceMissing(missingVoice))}\n`);
  if (terminal && !onlyHere) lines.push(`\n${renderUnicodeCompact(url, { border: 1 }).replace(/^/gm, '  ')}\n`);
  const clip = existsSync(RECORDING) ? `${RECORDING} --language en-US` : 'clip.wav';
  const deviceCommand = `chorus device ${dataFlag}--say ${clip}`;
  const next = [
    nextPage(server, config, dataFlag, context),
    loopbackHost ? w.nextLocal(shown) : onlyHere ? w.nextNoLan(shown) : w.nextDevice(url),
    `${w.nextSetup} ${dataFlag}`.trimEnd(),
    w.nextTry(deviceCommand),
  ];
  lines.push(`\n${colours.bold(w.next)}\n`, ...next.map((line, i) => `  ${i + 1}. ${line}\n`), '\n');
  return lines.join('');
}

/** The built-in assistant needs no service. */
function isBuiltIn(llm: string): boolean {
  return providers.languageModels.some(({ id, remote }) => id === llm && !remote);
}

/** Adds the local address, because browsers allow the microphone only on pages of this machine or over https. */
function pageAddresses({ pageUrl, port }: RunningServer, onlyHere: boolean, { language, colours }: CliContext): string {
  const here = `http://localhost:${port}/`;
  if (onlyHere) return colours.bold(colours.cyan(here));
  const local = pageUrl.startsWith('https:') ? '' : `  ${colours.dim(adminWords[language].here(here))}`;
  return `${colours.bold(colours.cyan(pageUrl))}${local}`;
}

/** The first step for a person without a device: the page, at an address where browsers allow the microphone. */
function nextPage(
  { pageUrl, port, newPassword }: RunningServer,
  config: Config,
  dataFlag: string,
  { language }: CliContext,
): string {
  const words = adminWords[language];
  const password =
    newPassword !== undefined
      ? words.shown
      : config.admin.password !== undefined
        ? words.configured
        : words.shownBefore(`npx chorus admin password ${dataFlag}`.trimEnd());
  return words.next(pageUrl.startsWith('https:') ? pageUrl : `http://localhost:${port}/`, password);
}

/** The password is shown only once, when the data folder gets its first password. */
export function newPasswordLines(
  { newPassword }: Pick<RunningServer, 'newPassword'>,
  dataFlag: string,
  { language, colours, terminal }: Pick<CliContext, 'language' | 'colours' | 'terminal'>,
): readonly string[] {
  if (newPassword === undefined) return [];
  const words = adminWords[language];
  const command = `npx chorus admin password ${dataFlag}`.trimEnd();
  return [
    `\n  ${colours.bold(colours.yellow(words.made(newPassword)))}\n  ` +
      `${colours.dim(terminal ? words.madeOnce(command) : words.madeLogged(command))}\n`,
  ];
}

function hears(status: ServerStatus, config: Config, { language }: CliContext): string {
  const { modelState: states, hears: words } = serveWords[language];
  const absent = (spoken: string, usual: string): string => {
    const chosen = findModel(config.asr.model);
    const id = chosen && ['*', spoken].some((tag) => chosen.languages.includes(tag)) ? chosen.id : usual;
    const megabytes = Math.round((findModel(id)?.downloadBytes ?? 0) / 1e6);
    return config.models.auto_pull ? serveWords[language].notFetched(megabytes) : serveWords[language].notInstalled(id);
  };
  const describe = (name: string, id: string | undefined, spoken: string, usual: string): string => {
    const model = status.models.find((candidate) => candidate.id === id);
    if (id === undefined || !model) return words.none(name, absent(spoken, usual));
    const percent = model.fraction === undefined ? '' : ` ${Math.floor(model.fraction * 100)} %`;
    const state = model.state === 'downloading' ? `${states.downloading}${percent}` : states[model.state];
    return words.model(name, id, state);
  };
  return words.listed([
    describe(words.english, status.recognition.en, 'en', ENGLISH_MODEL),
    describe(words.chinese, status.recognition.zh, 'zh', CHINESE_MODEL),
  ]);
}
