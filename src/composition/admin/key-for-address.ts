import { FIELDS, PRESET_KEY_VARIABLES, type Config, type Environment, type LlmPreset } from '../../config/index.js';

/** Where the configuration has the address of a service beside the key that is sent to it. */
interface Service {
  readonly address: string;
  readonly key: string;
  /** Of the vendor, whose usual variable may hold a key. */
  readonly vendor: string;
  readonly now: (config: Config) => {
    readonly address: string | undefined;
    readonly key: string | undefined;
    readonly vendor: string;
  };
}

const SERVICES: readonly Service[] = [
  {
    address: 'llm.base_url',
    key: 'llm.api_key',
    vendor: 'llm.preset',
    now: ({ llm }) => ({ address: llm.base_url, key: llm.api_key, vendor: llm.preset }),
  },
  {
    address: 'llm.fallback.base_url',
    key: 'llm.fallback.api_key',
    vendor: 'llm.fallback.preset',
    now: ({ llm: { fallback } }) => ({ address: fallback.base_url, key: fallback.api_key, vendor: fallback.preset }),
  },
  {
    address: 'tts.openai.base_url',
    key: 'tts.openai.api_key',
    vendor: 'tts.provider',
    now: ({ tts: { openai, provider } }) => ({ address: openai.base_url, key: openai.api_key, vendor: provider }),
  },
];

/**
 * Of a change from the page, the settings by which a key that it does not name would be sent to another address than before: who has stolen a browser
 * session must not have the keys by that. An address that is taken out (null) is the vendor's own again.
 */
export function keysLedAway(set: ReadonlyMap<string, unknown>, config: Config, env: Environment): readonly string[] {
  return SERVICES.flatMap((service) => {
    const changed = [service.address, service.key, service.vendor].find((key) => set.has(key));
    return changed !== undefined && isLedAway(service, set, config, env) ? [changed] : [];
  });
}

function isLedAway(service: Service, set: ReadonlyMap<string, unknown>, config: Config, env: Environment): boolean {
  const now = service.now(config);
  const address = set.has(service.address) ? set.get(service.address) : now.address;
  // The default is the vendor's own.
  if (
    typeof address !== 'string' ||
    address === FIELDS.get(service.address)?.shape.default ||
    typeof set.get(service.key) === 'string'
  )
    return false;
  const ofVendor = now.key !== undefined && now.key === vendorKey(now.vendor, env);
  const kept = set.has(service.key) || ofVendor ? undefined : now.key;
  const key = kept ?? vendorKey(set.has(service.vendor) ? set.get(service.vendor) : now.vendor, env);
  return (
    key !== undefined &&
    !(key === now.key && now.address !== undefined && withoutEnd(address) === withoutEnd(now.address))
  );
}

function vendorKey(vendor: unknown, env: Environment): string | undefined {
  if (typeof vendor !== 'string' || !Object.hasOwn(PRESET_KEY_VARIABLES, vendor)) return undefined;
  return PRESET_KEY_VARIABLES[vendor as LlmPreset]
    .map((name) => env[name])
    .find((value) => value !== undefined && value !== '');
}

const withoutEnd = (address: string): string => address.replace(/\/+$/, '');
