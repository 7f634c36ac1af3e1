import { z } from 'zod';
import { ChorusError, uiLanguage, withTimeout } from '../../../core/index.js';
import { homeAssistantSettings, ServiceClient, serviceWords } from '../../../providers/index.js';
import { defineTool, type Tool, type ToolAnswer } from '../tool.js';
import { defineToolGroup, type ToolServices } from '../tool-group.js';
import { ACTIONS, type ActionName, type ActionValue, type ServiceCall, serviceFor } from './actions.js';
import { toolFailed, toolTimeout } from '../tool-errors.js';
import { AREAS_TEMPLATE, matching, matchingInAreas, readAreas, type Areas, type Entity } from './finding.js';
import { TOOL_TEXTS } from '../words.js';
import { homeWords } from './words.js';

const MAX_LISTED = 40;
const KEPT_MS = 5_000;

/** The areas are kept for this time. After a failure, the search uses no areas for the same time. */
const AREAS_KEPT_MS = 300_000;
/** The search also works without areas, so it waits for them only briefly. */
const AREAS_WITHIN_MS = 2_000;

/** The states of a home with some thousand entities take several MB. */
const MAX_STATES_BYTES = 8 * 1024 * 1024;

const states = z.array(z.unknown());
/** The attributes come from integrations and users, so an invalid attribute is left out and the entity stays. */
const state = z.object({
  entity_id: z.string().max(255),
  state: z.string().max(255),
  attributes: z
    .object({
      friendly_name: z.string().max(200).optional().catch(undefined),
      unit_of_measurement: z.string().max(40).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * Tools that models do not get while Home Assistant's own MCP server is connected. Models keep the tool for unlocking,
 * because Home Assistant may unlock without asking the user.
 */
export const HOME_REST_TOOLS: ReadonlySet<string> = new Set(['home_find', 'home_control']);

export const homeAssistant = defineToolGroup({
  settings: homeAssistantSettings,
  create({ url = '', token = '', domains }, services) {
    const home = new Home(url, token, new Set(domains), services);
    return [
      defineTool({
        name: 'home_find',
        words: {
          en: 'What there is in the home (lights, switches, sensors ...) and in which state.',
          zh: '家里有什么（灯、开关、传感器……）以及现在的状态。',
        },
        input: z.object({
          name: z
            .string()
            .max(80)
            .optional()
            .meta({ en: 'Words of its name; default all', zh: '名字里的字；默认全部' }),
        }),
        effects: 'none',
        anywhere: true,
        async run({ name = '' }, { language, signal }) {
          const found = await home.find(name, signal);
          if (found.length === 0) throw toolFailed((texts) => texts.home.nothing);
          const listed = found.slice(0, MAX_LISTED).map((entity) => `${entity.name} (${entity.id}): ${entity.state}`);
          const { calls } = TOOL_TEXTS[uiLanguage(language)];
          const rest = found.length > MAX_LISTED ? [calls.more(found.length - MAX_LISTED)] : [];
          return [...listed, ...rest].join('\n');
        },
      }),
      homeControl(home),
      homeUnlock(home),
    ];
  },
});

const entityName = z
  .string()
  .min(1)
  .max(255)
  .meta({ en: 'Its name, or its id from home_find', zh: '名字，或 home_find 给的编号' });

function homeControl(home: Home): Tool {
  return defineTool({
    name: 'home_control',
    words: {
      en: 'Switches or sets something in the home.',
      zh: '控制家里的东西。',
    },
    input: z.object({
      name: entityName,
      action: z.enum(ACTIONS),
      value: z
        .number()
        .optional()
        .meta({ en: 'For set_…: percent, degrees, kelvin', zh: 'set_… 的数值：百分比、度数、开尔文' }),
      color: z
        .string()
        .max(40)
        .optional()
        .meta({ en: 'For set_color: English name or #rrggbb', zh: 'set_color 的颜色：英文名或 #rrggbb' }),
    }),
    effects: 'home',
    anywhere: true,
    async run({ name, action, value, color }, { language, signal }): Promise<ToolAnswer> {
      const entity = oneOf(await home.find(name, signal));
      await home.act(entity, action, { value, color }, signal);
      const ui = uiLanguage(language);
      return {
        text: TOOL_TEXTS[ui].home.done(entity.name),
        say: homeWords.done(entity.name, action, domainOf(entity) === 'cover')[ui],
      };
    },
  });
}

function homeUnlock(home: Home): Tool {
  return defineTool({
    name: 'home_unlock',
    words: { en: 'Unlocks a lock of the home.', zh: '打开家里的锁。' },
    input: z.object({ name: entityName }),
    effects: 'home',
    anywhere: true,
    confirm: { en: 'Shall I unlock the lock?', zh: '要开锁吗？' },
    async run({ name }, { language, signal }): Promise<ToolAnswer> {
      const entity = oneOf(await home.find(name, signal));
      if (domainOf(entity) !== 'lock') throw toolFailed((texts) => texts.home.noLock);
      await home.call(entity, { domain: 'lock', service: 'unlock' }, signal);
      const ui = uiLanguage(language);
      const text = TOOL_TEXTS[ui].home.unlocked(entity.name);
      return { text, say: homeWords.unlocked(entity.name)[ui] };
    },
  });
}

/** Throws an error for the model unless `found` has exactly one entity. */
function oneOf(found: readonly Entity[]): Entity {
  const [entity, other] = found;
  if (!entity) throw toolFailed((texts) => texts.home.look);
  if (!other) return entity;
  const names = found.slice(0, 10).map(({ name: one, id }) => `${one} (${id})`);
  throw toolFailed((texts) => texts.home.several(names));
}

const domainOf = ({ id }: Entity): string => id.split('.', 1)[0] ?? '';

class Home {
  readonly #client: ServiceClient;
  #known: { readonly atMs: number; readonly entities: readonly Entity[] } | undefined;
  #areas: { readonly atMs: number; readonly areas: Areas } | undefined;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly domains: ReadonlySet<string>,
    private readonly services: Pick<ToolServices, 'fetch' | 'clock'>,
  ) {
    this.#client = new ServiceClient({
      name: 'Home Assistant',
      maxBytes: MAX_STATES_BYTES,
      ...services,
    });
  }

  async find(name: string, signal: AbortSignal): Promise<readonly Entity[]> {
    const entities = await this.#entities(signal);
    const found = matching(entities, name);
    return found.length > 0 ? found : matchingInAreas(entities, name, await this.#areasOf(signal));
  }

  /** Only an administrator's token may read the areas, so after any failure the search works without areas. */
  async #areasOf(signal: AbortSignal): Promise<Areas> {
    const { clock } = this.services;
    const atMs = clock.nowMs();
    if (this.#areas && atMs - this.#areas.atMs < AREAS_KEPT_MS) return this.#areas.areas;
    const late = (): Error => toolTimeout(AREAS_WITHIN_MS / 1000);
    const areas = await withTimeout(clock, AREAS_WITHIN_MS, signal, late, (within) =>
      this.#client.text(this.#address('/api/template'), this.#init({ template: AREAS_TEMPLATE }), within),
    ).then(readAreas, () => new Map<string, string>());
    signal.throwIfAborted();
    this.#areas = { atMs, areas };
    return areas;
  }

  async #entities(signal: AbortSignal): Promise<readonly Entity[]> {
    const nowMs = this.services.clock.nowMs();
    if (this.#known && nowMs - this.#known.atMs < KEPT_MS) return this.#known.entities;
    const read = states.safeParse(await this.#client.json(this.#address('/api/states'), this.#init(), signal));
    if (!read.success) throw new ChorusError('tool.failed', serviceWords.unreadable('Home Assistant'));
    const entities = read.data
      .flatMap((one) => state.safeParse(one).data ?? [])
      .filter(({ entity_id: id }) => this.domains.has(id.split('.', 1)[0] ?? ''))
      .map(({ entity_id: id, state: now, attributes = {} }) => ({
        id,
        name: attributes.friendly_name ?? id,
        state: attributes.unit_of_measurement === undefined ? now : `${now} ${attributes.unit_of_measurement}`,
      }));
    this.#known = { atMs: nowMs, entities };
    return entities;
  }

  act(entity: Entity, action: ActionName, given: ActionValue, signal: AbortSignal): Promise<void> {
    return this.call(entity, serviceFor(domainOf(entity), action, given), signal);
  }

  async call({ id }: Entity, { domain, service, data }: ServiceCall, signal: AbortSignal): Promise<void> {
    this.#known = undefined;
    await this.#client.text(
      this.#address(`/api/services/${domain}/${service}`),
      this.#init({ entity_id: id, ...data }),
      signal,
    );
  }

  #address(path: string): URL {
    return new URL(this.url.replace(/\/+$/, '') + path);
  }

  #init(body?: Readonly<Record<string, unknown>>): RequestInit {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    return body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  }
}
