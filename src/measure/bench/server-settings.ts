import type { RunOptions } from './options.js';
import type { RunningStandIns } from './stand-in-process.js';

/** The settings as arguments of `--set`. The user's own settings come last and win. */
export function serverSettings(
  options: Pick<RunOptions, 'devices' | 'language' | 'llm' | 'tts' | 'settings'>,
  standIns: RunningStandIns | undefined,
  asrModel: string,
): readonly string[] {
  return [
    'log.format=json',
    'models.auto_pull=false',
    // All devices send their OTA requests at once and from one address.
    'server.rate_limit_per_minute=100000',
    `server.max_connections=${Math.max(2000, 2 * options.devices)}`,
    // Room for all devices and their requests, whose connections stay open for a while.
    `server.max_connections_per_address=${Math.max(4000, 4 * options.devices)}`,
    // Nobody types pairing codes, so the server pairs all devices by itself.
    `auth.auto_bind_max=10000`,
    `session.language=${options.language}`,
    `asr.model=${asrModel}`,
    ...llmSettings(options, standIns),
    ...ttsSettings(options, standIns),
    ...options.settings,
  ];
}

/** Speculative requests are off, as with a paid service. */
function standInLlm({ llmUrl }: RunningStandIns): readonly string[] {
  return [`llm.base_url=${llmUrl}`, 'llm.model=stand-in', 'llm.max_workers=1000', 'llm.speculative=false'];
}

function standInVoice({ edgeUrl }: RunningStandIns): readonly string[] {
  return ['tts.provider=edge', `tts.edge.url=${edgeUrl}`, 'tts.edge.max_concurrent=64'];
}

function llmSettings({ llm }: Pick<RunOptions, 'llm'>, standIns: RunningStandIns | undefined): readonly string[] {
  return llm !== 'stand-in' || !standIns ? [] : standInLlm(standIns);
}

function ttsSettings({ tts }: Pick<RunOptions, 'tts'>, standIns: RunningStandIns | undefined): readonly string[] {
  if (tts === 'stand-in' && standIns) return standInVoice(standIns);
  if (tts === 'stand-in-pcm' && standIns)
    return ['tts.provider=openai', `tts.openai.base_url=${standIns.speechUrl}`, 'tts.openai.max_concurrent=64'];
  return [`tts.provider=${tts}`];
}

export function needsStandIns({ llm, tts }: Pick<RunOptions, 'llm' | 'tts'>): boolean {
  return llm === 'stand-in' || tts === 'stand-in' || tts === 'stand-in-pcm';
}
