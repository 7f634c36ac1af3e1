import { type Bilingual } from '../../core/index.js';
import type { ProbeContext } from '../descriptor.js';
import type { RealtimeProvider } from '../realtime/realtime-port.js';
import { serviceError, said, unreadable, brokeOff } from './refusal.js';
import type { MakeRealtimeDialect } from './realtime-dialect.js';
import { SocketRealtimeSession, type RealtimeSessionOptions } from './realtime-session.js';
import { wireWords } from './words.js';

export interface SocketRealtimeOptions extends RealtimeSessionOptions, Pick<RealtimeProvider, 'tools' | 'text'> {}

export function socketRealtime(options: SocketRealtimeOptions): RealtimeProvider {
  const { id, tools, text } = options;
  return { id, tools, text, open: (opening) => new SocketRealtimeSession(opening, options) };
}

const PROBE = { language: 'en', instructions: 'Say nothing.' };

/** Connects and waits for the service's start, without any input. Errors: `realtime.*`. */
export async function probeRealtime(
  make: MakeRealtimeDialect,
  keys: string | undefined,
  { signal }: Pick<ProbeContext, 'signal'>,
): Promise<Bilingual> {
  const [key] = (keys ?? '').split(/[\s,]+/u).filter((one) => one !== '');
  const dialect = await make(PROBE, key);
  const connection = await dialect.connect(signal);
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      connection.listen({
        closed: (why) => reject(serviceError('realtime', 'unreachable', brokeOff(why))),
        message: (message) => {
          try {
            for (const news of dialect.read(message)) {
              if (news.type === 'connected') for (const next of dialect.setUp?.() ?? []) connection.send(next);
              else if (news.type === 'started') resolve();
              else if (news.type === 'failed') reject(serviceError('realtime', news.code, said(news.message)));
            }
          } catch (error) {
            reject(unreadable('realtime', error));
          }
        },
      });
      for (const message of dialect.begin()) connection.send(message);
    });
  } finally {
    connection.terminate();
  }
  return wireWords.takesKey;
}
