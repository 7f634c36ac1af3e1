import type { ErrorCode, UiLanguage } from '../../core/index.js';
import type { AdminOperations, ModelControl, OverviewAnswer } from '../../http/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { Foundation } from '../foundation.js';
import type { ServerStatus } from '../status.js';

export interface OverviewOptions {
  readonly version: string;
  readonly status: () => ServerStatus;
  readonly models: ModelControl;
  /** Conversations that are let in. */
  readonly talking: () => number;
  /** Oldest first. */
  readonly turns: () => readonly TurnRecord[];
}

/** Turns that are looked through for the last one that asked the language model. */
const TURNS_BACK = 50;

/** How the server is, at a glance. */
export function composeOverview(
  { live, common: { clock } }: Foundation,
  options: OverviewOptions,
): NonNullable<AdminOperations['overview']> {
  const startedAtMs = clock.wallMs();
  return (language) => {
    const { ready, starting, recognition, voices, missingVoice, capacity, connections } = options.status();
    const { tts } = live.current;
    return {
      version: options.version,
      startedAtMs,
      ready,
      starting: [...starting],
      models: [...modelsOfInterest(options.models, language)],
      recognition,
      llm: llmOf(live.current.llm, options.turns()),
      voice: {
        provider: tts.provider,
        voice: tts.voice,
        speaking: [...voices],
        ...(missingVoice && { missing: missingVoice.id }),
      },
      load: {
        ceiling: capacity.talking,
        talking: options.talking(),
        connections,
        target: capacity.target,
        reason: capacity.reason,
      },
    };
  };
}

function modelsOfInterest(models: ModelControl, language: UiLanguage): readonly OverviewAnswer['models'][number][] {
  return models.list(language).filter(({ used, state }) => used || !['installed', 'missing'].includes(state));
}

function llmOf(llm: Foundation['config']['llm'], turns: readonly TurnRecord[]): OverviewAnswer['llm'] {
  const offline = llm.preset === 'none' && llm.base_url === undefined;
  if (offline) return { provider: 'offline', state: 'offline' };
  const code = lastAnswer(turns);
  return {
    provider: llm.preset === 'none' ? 'custom' : llm.preset,
    model: llm.model,
    state: code === undefined ? 'ok' : 'failing',
    code,
  };
}

/** The error code of the last turn that asked the model; undefined: it succeeded, or no turn asked it. */
function lastAnswer(turns: readonly TurnRecord[]): ErrorCode | undefined {
  const asked = turns
    .slice(-TURNS_BACK)
    .findLast(({ code, stagesMs }) => code?.startsWith('llm.') === true || stagesMs.llm_first_token !== undefined);
  const code = asked?.code;
  return code?.startsWith('llm.') === true ? code : undefined;
}
