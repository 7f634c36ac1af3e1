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

/** The Home Assistant service for an action on an entity of `domain`. Throws if `value` is needed and out of range. */
export function serviceFor(domain: string, action: ActionName, value: number | undefined): ServiceCall {
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
