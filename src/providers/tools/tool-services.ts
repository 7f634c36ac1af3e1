import { both, type Bilingual } from '../../core/index.js';

/** The lists contain the required settings. */
export const TOOL_SERVICES = {
  weather: { 'open-meteo': [], qweather: ['api_key', 'qweather_host'] },
  search: { searxng: ['url'], tavily: ['api_key'], bocha: ['api_key'], metaso: ['api_key'] },
  knowledge_service: { ragflow: ['url', 'api_key'], dify: ['url', 'api_key'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Section = keyof typeof TOOL_SERVICES;
export type ToolServiceId<Of extends Section> = keyof (typeof TOOL_SERVICES)[Of] & string;

export const toolServiceIds = <Of extends Section>(section: Of): readonly ToolServiceId<Of>[] =>
  Object.keys(TOOL_SERVICES[section]) as ToolServiceId<Of>[];

export function missingSetting<Of extends Section>(
  section: Of,
  settings: Readonly<Record<string, unknown>> & { readonly provider: ToolServiceId<Of> | 'none' },
): Bilingual | undefined {
  const { provider } = settings;
  const at = `tools.${section}`;
  if (provider === 'none') return both(`\`${at}.provider\` is none`, `\`${at}.provider\` 为 none`);
  const needs: readonly string[] =
    (TOOL_SERVICES[section] as Readonly<Record<string, readonly string[]>>)[provider] ?? [];
  const missing = needs.find((name) => settings[name] === undefined);
  return missing === undefined ? undefined : both(`\`${at}.${missing}\` is missing`, `缺少 \`${at}.${missing}\``);
}
