import { ChorusError } from '../../core/index.js';
import type { ProbeContext } from '../descriptor.js';
import type { AsrDialect, MakeAsrDialect } from './asr-dialect.js';
import type { ServiceConnection, WireMessage } from './connection.js';
import { askService, withoutSlash } from './http.js';
import { brokeOff, said, serviceError, unreadable, type ServiceKind } from './refusal.js';
import type { MakeTtsDialect, TtsDialect } from './tts-dialect.js';
import { wireWords } from './words.js';

const firstKey = (keys: string | undefined): string | undefined =>
  (keys ?? '').split(/[\s,]+/u).find((key) => key !== '');

type Dialect = Pick<TtsDialect | AsrDialect, 'connect' | 'begin' | 'read'>;

/** Connects with the key, and begins a sentence without text. Errors: `tts.*`. */
export async function probeSocketVoice(
  make: MakeTtsDialect,
  keys: string | undefined,
  { signal }: ProbeContext,
): Promise<void> {
  const dialect = await make({ language: 'zh-CN' }, firstKey(keys));
  await probeSocket('tts', dialect, dialect.takesTextAtOnce !== true, signal);
}

/** Connects with the key, and begins an utterance without audio. Errors: `asr.*`. */
export async function probeSocketRecognition(
  make: MakeAsrDialect,
  keys: string | undefined,
  { signal }: ProbeContext,
): Promise<void> {
  const dialect = await make({ language: 'zh-CN' }, firstKey(keys));
  await probeSocket('asr', dialect, dialect.waitsForStart === true, signal);
}

/** `starts` is true if the service reports when it is ready. Otherwise only the connection can be tested for free. */
async function probeSocket(kind: ServiceKind, dialect: Dialect, starts: boolean, signal: AbortSignal): Promise<void> {
  const connection = await dialect.connect(signal);
  try {
    if (starts) await startOf(kind, dialect, connection, signal);
  } finally {
    connection.terminate();
  }
}

function startOf(
  kind: ServiceKind,
  dialect: Dialect,
  connection: ServiceConnection,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const take = (message: WireMessage): void => {
      for (const news of dialect.read(message)) {
        if (news.type === 'next') for (const next of news.messages) connection.send(next);
        else if (news.type === 'failed') reject(serviceError(kind, news.code, said(news.message)));
        else resolve();
      }
    };
    connection.listen({
      message(message) {
        try {
          take(message);
        } catch (error) {
          reject(unreadable(kind, error));
        }
      },
      closed: (why) => reject(serviceError(kind, 'unreachable', brokeOff(why))),
    });
    for (const message of dialect.begin()) connection.send(message);
  });
}

/** Statuses that show a valid key. A service checks the key first, and then whether the page exists. */
const TAKES_KEY = new Set<unknown>([400, 404, 405]);

/** Errors: `asr.*`, `tts.*`. */
export async function probeHttp(
  kind: ServiceKind,
  url: string,
  headers: (key: string) => Readonly<Record<string, string>>,
  keys: string | undefined,
  { http, signal }: ProbeContext,
): Promise<void> {
  const request = { kind, http, url, method: 'GET', headers: headers(firstKey(keys) ?? '') } as const;
  try {
    await (await askService(request, signal)).body?.cancel();
  } catch (error) {
    if (!(error instanceof ChorusError) || !TAKES_KEY.has(error.details['status'])) throw error;
  }
}

/** Errors: `asr.*`, `tts.*`. */
export const probeModels = (
  kind: ServiceKind,
  baseUrl: string,
  keys: string | undefined,
  context: ProbeContext,
): Promise<void> =>
  probeHttp(
    kind,
    `${withoutSlash(baseUrl)}/models`,
    (key): Readonly<Record<string, string>> => (key === '' ? {} : { authorization: `Bearer ${key}` }),
    keys,
    context,
  );

/**
 * For a server in the local network that has no page for probes. Any answer shows that the server is running. Errors:
 * `unreachable` of the kind, or the signal's reason.
 */
export async function probeServer(kind: ServiceKind, url: string, { http, signal }: ProbeContext): Promise<void> {
  try {
    const response = await (http?.fetch ?? fetch)(url, { method: 'HEAD', redirect: 'manual', signal });
    await response.body?.cancel();
  } catch (error) {
    signal.throwIfAborted();
    throw serviceError(kind, 'unreachable', wireWords.unreachable, { cause: error });
  }
}
