/** Possible actions on an entity of the home. */
export const ACTIONS = [
  'turn_on',
  'turn_off',
  'toggle',
  'set_brightness',
  'set_temperature',
  'set_position',
  'set_volume',
  'pause',
  'play',
  'stop',
] as const;
export type ActionName = (typeof ACTIONS)[number];

interface ServiceCall {
  readonly domain: string;
  readonly service: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Kinds of entities for the actions that only some have. A group may consist of any. */
const DOMAINS: Partial<Readonly<Record<ActionName, readonly string[]>>> = {
  set_brightness: ['light'],
  set_temperature: ['climate'],
  set_position: ['cover', 'fan'],
  set_volume: ['media_player'],
  pause: ['media_player', 'vacuum'],
  play: ['media_player'],
  stop: ['media_player', 'cover', 'vacuum'],
};
/** Kinds of entities that only report a state. */
const READ_ONLY = new Set(['sensor', 'binary_sensor', 'weather', 'person', 'sun', 'zone', 'device_tracker']);

/** Throws if an entity of `domain` does not have the action: Home Assistant would answer as if it had been done. */
function requireAction(domain: string, action: ActionName): void {
  if (READ_ONLY.has(domain)) throw new Error(`a ${domain} only reports a state, which home_find tells`);
  const has = (one: ActionName): boolean => DOMAINS[one]?.includes(domain) ?? true;
  if (domain !== 'group' && !has(action))
    throw new Error(`a ${domain} does not know ${action}; it takes ${ACTIONS.filter(has).join(', ')}`);
}

/**
 * The Home Assistant service for an action on an entity of `domain`. Throws if the entity does not have the action, or
 * if `value` is needed and out of range.
 */
export function serviceFor(domain: string, action: ActionName, value: number | undefined): ServiceCall {
  requireAction(domain, action);
  const number = (least: number, most: number): number => {
    if (value === undefined || value < least || value > most)
      throw new Error(`${action} needs a value from ${least} to ${most}`);
    return value;
  };
  switch (action) {
    case 'turn_on':
    case 'turn_off':
      if (domain === 'cover') return { domain, service: action === 'turn_on' ? 'open_cover' : 'close_cover' };
      if (domain === 'vacuum') return { domain, service: action === 'turn_on' ? 'start' : 'return_to_base' };
      if (domain === 'scene' || domain === 'script') return { domain, service: 'turn_on' };
      return { domain: 'homeassistant', service: action };
    case 'toggle':
      return { domain: 'homeassistant', service: 'toggle' };
    case 'set_brightness':
      return { domain: 'light', service: 'turn_on', data: { brightness_pct: number(0, 100) } };
    case 'set_temperature':
      return { domain: 'climate', service: 'set_temperature', data: { temperature: number(-30, 120) } };
    case 'set_position':
      return domain === 'fan'
        ? { domain, service: 'set_percentage', data: { percentage: number(0, 100) } }
        : { domain: 'cover', service: 'set_cover_position', data: { position: number(0, 100) } };
    case 'set_volume':
      return { domain: 'media_player', service: 'volume_set', data: { volume_level: number(0, 100) / 100 } };
    case 'pause':
      return domain === 'vacuum' ? { domain, service: 'pause' } : { domain: 'media_player', service: 'media_pause' };
    case 'play':
      return { domain: 'media_player', service: 'media_play' };
    default:
      if (domain === 'cover') return { domain, service: 'stop_cover' };
      return domain === 'vacuum' ? { domain, service: 'stop' } : { domain: 'media_player', service: 'media_stop' };
  }
}
