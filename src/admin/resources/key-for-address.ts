import { FIELDS, type Config, type Environment } from '../../config/index.js';
import { addressKeyOf, addressOf, keySettingOf, providers, voiceSettings } from '../../providers/index.js';

interface Service {
  /** Configuration key of the address. */
  readonly address: string;
  /** Configuration key of the secret. */
  readonly key: string;
  /** Configuration key of the vendor's name. The vendor's usual environment variable may contain the secret instead. */
  readonly vendor: string;
  readonly now: {
    readonly address: string | undefined;
    readonly key: string | undefined;
    readonly vendor: string;
  };
  /** Names of the environment variables that usually contain a vendor's key. */
  readonly variablesOf: (vendor: string) => readonly string[];
}

function servicesOf({ llm, tts }: Config): readonly Service[] {
  const models = (['llm', 'llm.fallback'] as const).map((section): Service => {
    const { base_url: address, api_key: key, preset: vendor } = section === 'llm' ? llm : llm.fallback;
    return {
      address: `${section}.base_url`,
      key: `${section}.api_key`,
      vendor: `${section}.preset`,
      now: { address, key, vendor },
      variablesOf: (id) => providers.languageModel(id, undefined)?.key?.variables ?? [],
    };
  });
  const voices = providers.voices.flatMap((voice): readonly Service[] => {
    const address = addressKeyOf(voice);
    const key = keySettingOf(voice);
    if (address === undefined || key === undefined) return [];
    const now = {
      address: addressOf(voice, tts),
      key: voiceSettings(voice, tts)['api_key'] as string | undefined,
      vendor: tts.provider,
    };
    const variablesOf = (id: string): readonly string[] => (id === voice.id ? (voice.key?.variables ?? []) : []);
    return [{ address, key, vendor: 'tts.provider', now, variablesOf }];
  });
  return [...models, ...voices];
}

/**
 * Finds changes that would send an existing secret to another address, because a stolen session must not reveal
 * secrets. A removed address (null) means the vendor's own address.
 */
export function keysLedAway(set: ReadonlyMap<string, unknown>, config: Config, env: Environment): readonly string[] {
  return servicesOf(config).flatMap((service) => {
    const changed = [service.address, service.key, service.vendor].find((key) => set.has(key));
    return changed !== undefined && isLedAway(service, set, env) ? [changed] : [];
  });
}

function isLedAway(service: Service, set: ReadonlyMap<string, unknown>, env: Environment): boolean {
  const { now } = service;
  const keyOfVendor = (vendor: unknown): string | undefined =>
    typeof vendor === 'string' ? firstSet(service.variablesOf(vendor), env) : undefined;
  const address = set.has(service.address) ? set.get(service.address) : now.address;
  // The default is the vendor's own address.
  if (
    typeof address !== 'string' ||
    address === FIELDS.get(service.address)?.shape.default ||
    typeof set.get(service.key) === 'string'
  )
    return false;
  const ofVendor = now.key !== undefined && now.key === keyOfVendor(now.vendor);
  const kept = set.has(service.key) || ofVendor ? undefined : now.key;
  const key = kept ?? keyOfVendor(set.has(service.vendor) ? set.get(service.vendor) : now.vendor);
  return (
    key !== undefined &&
    !(key === now.key && now.address !== undefined && withoutEnd(address) === withoutEnd(now.address))
  );
}

const firstSet = (variables: readonly string[], env: Environment): string | undefined =>
  variables.map((name) => env[name]).find((value) => value !== undefined && value !== '');
const withoutEnd = (address: string): string => address.replace(/\/+$/, '');
