import { toolFailed } from '../tool-errors.js';

/** Unlocking is a separate tool, because it needs a confirmation. */
export const ACTIONS = [
  'turn_on',
  'turn_off',
  'toggle',
  'set_brightness',
  'brighter',
  'darker',
  'set_color',
  'set_color_temperature',
  'set_temperature',
  'set_position',
  'set_volume',
  'louder',
  'quieter',
  'mute',
  'unmute',
  'pause',
  'play',
  'stop',
  'lock',
] as const;
export type ActionName = (typeof ACTIONS)[number];

export interface ServiceCall {
  readonly domain: string;
  readonly service: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ActionValue {
  readonly value?: number | undefined;
  /** An English colour name or `#rrggbb`. */
  readonly color?: string | undefined;
}

/**
 * Only the listed domains have these actions. A group may have all of them, because its entities may be of any domain.
 */
const DOMAINS: Partial<Readonly<Record<ActionName, readonly string[]>>> = {
  set_brightness: ['light'],
  brighter: ['light'],
  darker: ['light'],
  set_color: ['light'],
  set_color_temperature: ['light'],
  set_temperature: ['climate'],
  set_position: ['cover', 'fan'],
  set_volume: ['media_player'],
  louder: ['media_player'],
  quieter: ['media_player'],
  mute: ['media_player'],
  unmute: ['media_player'],
  pause: ['media_player', 'vacuum'],
  play: ['media_player'],
  stop: ['media_player', 'cover', 'vacuum'],
  lock: ['lock'],
};
const READ_ONLY = new Set(['sensor', 'binary_sensor', 'weather', 'person', 'sun', 'zone', 'device_tracker']);

const STEP_PERCENT = 10;

const FIXED: Partial<Readonly<Record<ActionName, ServiceCall>>> = {
  toggle: { domain: 'homeassistant', service: 'toggle' },
  brighter: { domain: 'light', service: 'turn_on', data: { brightness_step_pct: STEP_PERCENT } },
  darker: { domain: 'light', service: 'turn_on', data: { brightness_step_pct: -STEP_PERCENT } },
  louder: { domain: 'media_player', service: 'volume_up' },
  quieter: { domain: 'media_player', service: 'volume_down' },
  mute: { domain: 'media_player', service: 'volume_mute', data: { is_volume_muted: true } },
  unmute: { domain: 'media_player', service: 'volume_mute', data: { is_volume_muted: false } },
  play: { domain: 'media_player', service: 'media_play' },
  lock: { domain: 'lock', service: 'lock' },
};

/** Throws if `domain` lacks the action, because Home Assistant would report success anyway. */
function requireAction(domain: string, action: ActionName): void {
  if (READ_ONLY.has(domain)) throw toolFailed(({ home }) => home.readOnly(domain));
  const has = (one: ActionName): boolean => DOMAINS[one]?.includes(domain) ?? domain !== 'lock';
  if (domain !== 'group' && !has(action))
    throw toolFailed(({ home }) => home.unknownAction(domain, action, ACTIONS.filter(has)));
}

/** Throws if `domain` lacks the action, or if a required value is missing or out of range. */
export function serviceFor(domain: string, action: ActionName, { value, color = '' }: ActionValue): ServiceCall {
  requireAction(domain, action);
  const fixed = FIXED[action];
  if (fixed) return fixed;
  const number = (least: number, most: number): number => {
    if (value === undefined || value < least || value > most)
      throw toolFailed(({ home }) => home.needsValue(action, least, most));
    return value;
  };
  switch (action) {
    case 'turn_on':
    case 'turn_off':
      if (domain === 'cover') return { domain, service: action === 'turn_on' ? 'open_cover' : 'close_cover' };
      if (domain === 'vacuum') return { domain, service: action === 'turn_on' ? 'start' : 'return_to_base' };
      if (domain === 'scene' || domain === 'script') return { domain, service: 'turn_on' };
      return { domain: 'homeassistant', service: action };
    case 'set_brightness':
      return { domain: 'light', service: 'turn_on', data: { brightness_pct: number(0, 100) } };
    case 'set_color':
      return { domain: 'light', service: 'turn_on', data: colorOf(color) };
    case 'set_color_temperature':
      return { domain: 'light', service: 'turn_on', data: { color_temp_kelvin: number(1500, 10_000) } };
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
    default:
      if (domain === 'cover') return { domain, service: 'stop_cover' };
      return domain === 'vacuum' ? { domain, service: 'stop' } : { domain: 'media_player', service: 'media_stop' };
  }
}

/** Passes a name on unchecked, because Home Assistant knows the English colour names of CSS. */
function colorOf(color: string): Readonly<Record<string, unknown>> {
  const [, ...hex] = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color.trim()) ?? [];
  if (hex.length > 0) return { rgb_color: hex.map((part) => Number.parseInt(part, 16)) };
  const name = color.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (name === '') throw toolFailed(({ home }) => home.needsColor);
  return { color_name: name };
}
