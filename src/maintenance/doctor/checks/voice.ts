import { asChorusError, ChorusError, type ErrorCode, withTimeout } from '../../../core/index.js';
import type { Config } from '../../../config/index.js';
import { edgeTts } from '../../../providers/tts/index.js';
import type { Check, DoctorContext } from '../check.js';
import { ailments, both, type Finding, found, orFine } from '../finding.js';
import { hostOf } from '../providers.js';

/** What came of asking a voice service whether it lets us in. */
export interface VoiceTrial {
  readonly service: 'edge' | 'openai';
  readonly host: string;
  /** It was chosen by name: nobody else is expected to speak. */
  readonly chosen: boolean;
  readonly ms: number;
  readonly failure: { readonly code: ErrorCode; readonly detail: string } | undefined;
}

const ASK_MS = 10_000;
const SLOW_MS = 2000;

const KNOWN = ailments('voice', {
  unreachable: {
    severity: 'fault',
    title: both('Connections time out: the voice service cannot be reached.', '连接超时：连不上语音合成服务。'),
    cause: both(
      'No internet, or a firewall or proxy in between. Meanwhile a voice of this machine speaks, if it has one for the language.',
      '没有网络，或中间有防火墙、代理。其间由本机语音合成代替（如果它会这种语言）。',
    ),
    mend: both(
      'Restore the connection, or choose a local voice: `tts.provider: flite` (English), `melo-zh-en` (Chinese, `chorus models pull melo-zh-en`), `espeak`.',
      '恢复网络，或选本地语音：`tts.provider: melo-zh-en`（中文，`chorus models pull melo-zh-en`）、`flite`（英文）、`espeak`。',
    ),
  },
  refused: {
    severity: 'fault',
    title: both('The voice service refuses.', '语音合成服务拒绝请求。'),
    cause: both(
      'A wrong key (openai), or a browser version that Edge takes no longer, or a clock that is minutes off.',
      '密钥错误（openai）、Edge 不再接受的浏览器版本，或时钟差了几分钟。',
    ),
    mend: both(
      'openai: set `tts.openai.api_key`. Edge: remove `tts.edge.version` if it is set, update Chorus, check the clock; meanwhile choose a local voice.',
      'openai：设置 `tts.openai.api_key`。Edge：去掉 `tts.edge.version`，更新 Chorus，检查时钟；其间可选本地语音。',
    ),
  },
  slow: {
    severity: 'warning',
    title: both('The voice service is slow.', '语音合成服务很慢。'),
    cause: both('A long or bad way to it.', '网络路径太长或太差。'),
    mend: both('Choose a local voice, or a service that is nearer.', '选本地语音或更近的服务。'),
  },
});

export function judgeVoices(trials: readonly VoiceTrial[], provider: string): readonly Finding[] {
  const findings = trials.flatMap(({ service, host, chosen, ms, failure }): Finding[] => {
    const severity = chosen ? 'fault' : 'warning';
    if (failure) {
      const refused = failure.code === 'tts.rejected' || failure.code === 'tts.rate_limited';
      return [
        found(
          refused ? KNOWN.refused : KNOWN.unreachable,
          both(`${service} (${host}): ${failure.detail}`, `${service}（${host}）：${failure.detail}`),
          { severity },
        ),
      ];
    }
    return ms > SLOW_MS
      ? [
          found(
            KNOWN.slow,
            both(
              `${service} (${host}): connected after ${Math.round(ms)} ms.`,
              `${service}（${host}）：${Math.round(ms)} 毫秒才连上。`,
            ),
          ),
        ]
      : [];
  });
  return orFine(
    findings,
    'voice',
    trials.length === 0 ? provider : trials.map(({ service, ms }) => `${service}: ${Math.round(ms)} ms`).join(', '),
  );
}

async function tryVoices({ config, clock, signal, fetch }: DoctorContext): Promise<readonly VoiceTrial[]> {
  const { tts } = config;
  const trial = async (
    service: VoiceTrial['service'],
    url: string,
    chosen: boolean,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<VoiceTrial> => {
    const fromMs = clock.nowMs();
    const base = { service, host: hostOf(url), chosen };
    try {
      await withTimeout(
        clock,
        ASK_MS,
        signal,
        () => new ChorusError('tts.timeout', `no answer within ${ASK_MS / 1000} s`),
        work,
      );
      return { ...base, ms: clock.nowMs() - fromMs, failure: undefined };
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = asChorusError(thrown, 'tts.unreachable');
      return { ...base, ms: clock.nowMs() - fromMs, failure: { code, detail: message } };
    }
  };
  const edge = edgeTts({
    clock,
    url: tts.edge.url,
    ...(tts.edge.version === undefined ? {} : { version: tts.edge.version }),
  });
  return Promise.all([
    ...(['auto', 'edge'].includes(tts.provider)
      ? [trial('edge', tts.edge.url, tts.provider === 'edge', (inner) => edge.probe(inner))]
      : []),
    ...(tts.provider === 'openai'
      ? [trial('openai', tts.openai.base_url, true, (inner) => askOpenAi(tts.openai, fetch, inner))]
      : []),
  ]);
}

/** The list of models costs nothing and needs the key. */
async function askOpenAi(
  { base_url: baseUrl, api_key: apiKey }: Config['tts']['openai'],
  fetch: DoctorContext['fetch'],
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    signal,
  }).catch((error: unknown) => {
    throw new ChorusError('tts.unreachable', 'it cannot be reached', { cause: error });
  });
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    throw new ChorusError('tts.rejected', `it answered ${response.status} to the key`);
  if (response.status >= 500) throw new ChorusError('tts.failed', `it answered ${response.status}`);
}

export const voiceCheck: Check = {
  id: 'voice',
  about: both(
    'Voice services that are configured: handshake (Edge) or key (openai), and how long it took',
    '所配置的语音合成服务：握手（Edge）或密钥（openai），以及用时',
  ),
  where: 'here',
  ailments: Object.values(KNOWN),
  run: async (context) => judgeVoices(await tryVoices(context), context.config.tts.provider),
};
