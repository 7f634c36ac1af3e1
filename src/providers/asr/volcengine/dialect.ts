import { randomUUID } from 'node:crypto';
import { parseObject } from '../../wire/http.js';
import type { AsrDialect, AsrNews } from '../../wire/asr-dialect.js';
import { socketConnection } from '../../wire/connection.js';
import { numberIn, textIn, within } from '../../wire/json-news.js';
import {
  readVolcFrame,
  sized,
  VOLC_FLAG,
  VOLC_FORMAT,
  VOLC_TYPE,
  volcFrame,
  volcHeaders,
  VolcReader,
  type VolcFrame,
} from '../../wire/volcengine.js';

export interface VolcengineAsrSettings {
  readonly url: string;
  readonly app_id?: string | undefined;
  readonly resource_id: string;
  readonly boosting_table?: string | undefined;
}

const EMPTY_AUDIO = 45_000_002;
const BUSY = 55_000_031;

/** Doubao's large streaming model: https://www.volcengine.com/docs/6561/1354869 */
export function volcengineAsr(settings: VolcengineAsrSettings, key: string | undefined): AsrDialect {
  const id = randomUUID();
  const { url, boosting_table: table } = settings;
  return {
    connect: (signal) =>
      socketConnection(
        {
          kind: 'asr',
          address: () => ({ url, headers: volcHeaders(settings, key, id) }),
          maxMessageBytes: 1024 * 1024,
        },
        signal,
      ),
    begin: () => [
      volcFrame(
        VOLC_TYPE.request,
        0,
        VOLC_FORMAT.json,
        sized(
          Buffer.from(
            JSON.stringify({
              user: { uid: id },
              audio: { format: 'pcm', codec: 'raw', rate: 16_000, bits: 16, channel: 1 },
              request: {
                model_name: 'bigmodel',
                enable_itn: true,
                enable_punc: true,
                show_utterances: true,
                result_type: 'full',
                end_window_size: 400,
                ...(table !== undefined && { corpus: { boosting_table_name: table } }),
              },
            }),
          ),
        ),
      ),
    ],
    audio: (pcm) => volcFrame(VOLC_TYPE.audio, 0, VOLC_FORMAT.raw, sized(pcm)),
    end: () => [volcFrame(VOLC_TYPE.audio, VOLC_FLAG.last, VOLC_FORMAT.raw, sized(new Uint8Array(0)))],
    read(message): readonly AsrNews[] {
      if (typeof message === 'string') throw new TypeError('not a frame');
      const frame = readVolcFrame(message);
      if (frame.type === VOLC_TYPE.error) return [errorIn(frame)];
      return frame.type === VOLC_TYPE.answer ? textsIn(frame) : [];
    },
  };
}

function errorIn(frame: VolcFrame): AsrNews {
  const reader = new VolcReader(frame);
  const code = reader.int32();
  const message = `${code} ${reader.sized().toString('utf8')}`;
  if (code === EMPTY_AUDIO) return { type: 'over' };
  const kind = code === BUSY || /quota|concurren|limit/iu.test(message) ? 'rate_limited' : 'failed';
  const refused = kind === 'failed' && code >= 45_000_000 && code < 46_000_000;
  return { type: 'failed', code: refused ? 'rejected' : kind, message };
}

function textsIn(frame: VolcFrame): readonly AsrNews[] {
  const reader = new VolcReader(frame);
  if ((frame.flags & 1) === 1) reader.int32();
  const value = parseObject(reader.sized().toString('utf8'));
  if (!value) throw new TypeError('the answer is no JSON');
  const over: readonly AsrNews[] = (frame.flags & VOLC_FLAG.last) === VOLC_FLAG.last ? [{ type: 'over' }] : [];
  const { utterances } = within(value, 'result');
  const sentences = (Array.isArray(utterances) ? utterances : []) as readonly Readonly<Record<string, unknown>>[];
  const text = textIn(value, 'result', 'text');
  if (text === '') return over;
  const final = sentences.length > 0 && sentences.every(({ definite }) => definite === true);
  const untilMs = final ? numberIn(sentences.at(-1)?.['end_time']) : undefined;
  return [{ type: 'text', text, final, whole: true, untilMs }, ...over];
}
