import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../config/index.js';
import type { Clock, ErrorCode, UiLanguage } from '../../core/index.js';
import type { AdvertisedAddress } from '../../device/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { wallMs } from '../shapes.js';
import { modelView, type ModelControl } from './models.js';

export const overviewAnswer = z.object({
  version: z.string(),
  startedAtMs: wallMs,
  nowMs: wallMs,
  addresses: z
    .object({
      otaUrl: z.string().meta({ description: 'What a person enters on the device.' }),
      websocketUrl: z.string(),
      secure: z.boolean().meta({
        description:
          'True for wss and https: a browser allows the microphone from anywhere. Otherwise only on localhost.',
      }),
    })
    .optional()
    .meta({ description: 'Left out where the server does not know how devices reach it (server.public_url).' }),
  ready: z.boolean(),
  starting: z
    .array(z.string())
    .meta({ description: 'What the start waits for: names of child processes, `recognition`, `database`.' }),
  models: z.array(modelView).meta({ description: 'Models that are in use, being fetched, or chosen and missing.' }),
  recognition: z
    .object({ en: z.string().optional(), zh: z.string().optional() })
    .meta({ description: 'Model in use for English and for Chinese devices.' }),
  llm: z.object({
    provider: z.string().meta({ description: 'Preset, `offline`, or `custom` for llm.base_url alone.' }),
    model: z.string().optional(),
    state: z
      .enum(['offline', 'ok', 'failing'])
      .meta({ description: 'offline: the built-in assistant. failing: the last turn that asked it got an error.' }),
    code: z.string().optional().meta({ description: 'If failing: an error code of docs/errors.md.' }),
  }),
  voice: z.object({
    provider: z.string().meta({ description: 'tts.provider.' }),
    voice: z.string().optional().meta({ description: 'tts.voice.' }),
    speaking: z
      .array(z.string())
      .meta({ description: 'Voices that are available now, in the order in which they are tried.' }),
    missing: z.string().optional().meta({ description: 'The chosen voice, if its model is not installed.' }),
  }),
  load: z.object({
    ceiling: z.number().meta({ description: 'Devices that may talk at once.' }),
    talking: z.number().meta({ description: 'Devices that talk now.' }),
    connections: z.number(),
    target: z
      .union([z.literal('off'), z.number()])
      .meta({ description: 'Share of the machine up to which devices are let in.' }),
    reason: z.string().meta({ description: 'Why the ceiling is what it is.' }),
  }),
  drain: z.boolean().meta({ description: 'True: it lets running replies finish and takes no new connections.' }),
});
export type OverviewAnswer = z.output<typeof overviewAnswer>;

export const overviewRoutes = {
  overview: {
    method: 'GET',
    path: '/overview',
    summary: 'How the server is: addresses, models, language model, voice, load.',
    answer: overviewAnswer,
  },
} as const satisfies Routes;

export interface OverviewStatus extends Pick<OverviewAnswer, 'ready'> {
  readonly starting: readonly string[];
  readonly recognition: { readonly en: string | undefined; readonly zh: string | undefined };
  readonly voices: readonly string[];
  readonly missingVoice?: { readonly id: string };
  readonly capacity: { readonly talking: number; readonly target: number | 'off'; readonly reason: string };
  readonly connections: number;
}

/** Makes the overview, without the facts that only the HTTP server knows. */
export type Overview = (language: UiLanguage) => Omit<OverviewAnswer, 'addresses' | 'drain' | 'nowMs'>;

export interface OverviewContext {
  readonly version: string;
  readonly clock: Clock;
  readonly live: { readonly current: Config };
  readonly status: () => OverviewStatus;
  readonly models: ModelControl;
  /** Number of admitted conversations. */
  readonly talking: () => number;
  /** Oldest first. */
  readonly turns: () => readonly TurnRecord[];
}

const TURNS_BACK = 50;

export interface OverviewRouteOptions {
  /** The address that a person enters on a device. Undefined if the address is not known. */
  readonly advertise: (request: FastifyRequest) => AdvertisedAddress | undefined;
  readonly draining: () => boolean;
  readonly wallMs: () => number;
}

export function registerOverviewRoute(api: AdminApi, overview: Overview, options: OverviewRouteOptions): void {
  api.on(overviewRoutes.overview, ({ request, language }) => {
    const address = options.advertise(request);
    return {
      ...overview(language),
      nowMs: options.wallMs(),
      ...(address && { addresses: { ...address, secure: address.websocketUrl.startsWith('wss:') } }),
      drain: options.draining(),
    };
  });
}

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

/** The model's error in the last turn that asked it. Undefined if no turn asked the model, or if it answered. */
function lastAnswer(turns: readonly TurnRecord[]): ErrorCode | undefined {
  const asked = turns
    .slice(-TURNS_BACK)
    .findLast(({ code, stagesMs }) => code?.startsWith('llm.') === true || stagesMs.llm_first_token !== undefined);
  const code = asked?.code;
  return code?.startsWith('llm.') === true ? code : undefined;
}
