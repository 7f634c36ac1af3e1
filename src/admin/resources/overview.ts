import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/index.js';
import type { Clock, ErrorCode, UiLanguage } from '../../core/index.js';
import type { AdvertisedAddress } from '../../device/ota/advertised-address.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { OverviewAnswer } from '../schemas.js';
import type { ModelControl } from './models.js';
import type { TurnRecord } from '../../records/index.js';

/** What the overview shows of the server's status. */
export interface OverviewStatus extends Pick<OverviewAnswer, 'ready'> {
  readonly starting: readonly string[];
  readonly recognition: { readonly en: string | undefined; readonly zh: string | undefined };
  readonly voices: readonly string[];
  readonly missingVoice?: { readonly id: string };
  readonly capacity: { readonly talking: number; readonly target: number | 'off'; readonly reason: string };
  readonly connections: number;
}

/** The overview without what only the HTTP server knows. */
export type Overview = (language: UiLanguage) => Omit<OverviewAnswer, 'addresses' | 'drain' | 'nowMs'>;

export interface OverviewContext {
  readonly version: string;
  readonly clock: Clock;
  /** The configuration in force. */
  readonly live: { readonly current: Config };
  readonly status: () => OverviewStatus;
  readonly models: ModelControl;
  /** Conversations that are admitted. */
  readonly talking: () => number;
  /** Oldest first. */
  readonly turns: () => readonly TurnRecord[];
}

/** Turns that are looked through for the last one that asked the language model. */
const TURNS_BACK = 50;

export interface OverviewRouteOptions {
  /** The address that a person enters on a device; undefined: not known. */
  readonly advertise: (request: FastifyRequest) => AdvertisedAddress | undefined;
  readonly draining: () => boolean;
  readonly wallMs: () => number;
}

export function registerOverviewRoute(api: AdminApi, overview: Overview, options: OverviewRouteOptions): void {
  api.on(ADMIN_API.overview, ({ request, language }) => {
    const address = options.advertise(request);
    return {
      ...overview(language),
      nowMs: options.wallMs(),
      ...(address && { addresses: { ...address, secure: address.websocketUrl.startsWith('wss:') } }),
      drain: options.draining(),
    };
  });
}

/** How the server is, at a glance. */
export function createOverview(context: OverviewContext): Overview {
  const { live, clock } = context;
  const startedAtMs = clock.wallMs();
  return (language) => {
    const { ready, starting, recognition, voices, missingVoice, capacity, connections } = context.status();
    const { tts } = live.current;
    return {
      version: context.version,
      startedAtMs,
      ready,
      starting: [...starting],
      models: [...modelsOfInterest(context.models, language)],
      recognition,
      llm: llmOf(live.current.llm, context.turns()),
      voice: {
        provider: tts.provider,
        voice: tts.voice,
        speaking: [...voices],
        ...(missingVoice && { missing: missingVoice.id }),
      },
      load: {
        ceiling: capacity.talking,
        talking: context.talking(),
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

function llmOf(llm: Config['llm'], turns: readonly TurnRecord[]): OverviewAnswer['llm'] {
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
