import { ALIASES } from './aliases.js';
import { FIELDS, SECTIONS, type Field } from './fields.js';
import { PRESET_KEY_VARIABLES } from './presets.js';
import { describeAllowed } from './wording.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function defaultOf(field: Field): string {
  if (field.shape.default === undefined) return '';
  const text = JSON.stringify(field.shape.default);
  return `\`${text}\``;
}

function table(fields: readonly Field[]): string[] {
  return [
    '| key | default | takes | in force | what it is |',
    '|---|---|---|---|---|',
    ...fields.map((field) => `| \`${field.key}\` | ${cell(defaultOf(field))} | ${cell(describeAllowed(field.shape, 'en'))}${field.secret ? ', secret' : ''} | ${field.live ? 'live' : 'restart'} | ${cell(field.shape.description ?? '')} |`),
    '',
  ];
}

/** docs/configuration.md, made from the schema so that it cannot be wrong. */
export function configurationPage(): string {
  const all = [...FIELDS.values()];
  const top = all.filter((field) => !field.key.includes('.'));
  const lines = [
    '# Configuration',
    '',
    '<!-- Written by `node --import tsx scripts/configuration-page.ts` from src/config/schema.ts. Change it there. -->',
    '',
    'Nothing has to be configured. What is, is looked for in this order, the later winning:',
    '',
    '1. the defaults below, or those of the chosen `profile` (`chorus profile`);',
    '2. `config.yaml` in the data folder (`./data`, or `--data`), or the file that `--config` names;',
    '3. environment variables `CHORUS_SECTION__KEY`, for example `CHORUS_SERVER__PORT=9000` or `CHORUS_TTS__EDGE__MAX_CONCURRENT=2`;',
    '4. flags: `--set server.port=9000`, `--host`, `--port`.',
    '',
    '`chorus config check` names every mistake with its file, line, key, what was found and what is allowed. `chorus config show`',
    'prints what is in force and where each value came from. `chorus config schema > chorus.schema.json` gives editors what they need to',
    'complete keys (`# yaml-language-server: $schema=chorus.schema.json` as the first line of the file).',
    '',
    '**Changes while the server runs.** `chorus config apply FILE` checks a file, keeps a copy of the present one (`data/backups`, the newest',
    '`backup.keep`, for its owner alone), puts it in its place and tells the server, which tries what is new (a key, a model, a voice) before it',
    'takes it over; then a simulated device has to be understood and answered. When it is not, the old file is put back, the reason is told, and the exit',
    'code is 10. `chorus config rollback [ID]` brings a copy back, `list` and `diff` show them. `SIGHUP` makes the server read its file again',
    'with the same checks; what is wrong changes nothing and stands in the log. In the tables **live** means that a running server takes the',
    'value over for what begins from then on (a reply, a conversation), and goes on with what has begun as it began; **restart**, that it counts',
    'from the next start. Values from variables and flags stay in force, whatever the file says.',
    '',
    '**Secrets** may be written as `file:/run/secrets/key` (the content of that file) or `env:NAME` (that variable), and are never printed.',
    'When a language model preset is chosen and `llm.api_key` is not set, the vendor\'s usual variable is used:',
    '',
    '| preset | variables |',
    '|---|---|',
    ...Object.entries(PRESET_KEY_VARIABLES).map(([preset, names]) => `| \`${preset}\` | ${names.length === 0 ? 'needs none' : names.map((name) => `\`${name}\``).join(', ')} |`),
    '',
    'Lists in variables and flags are separated by commas (`CHORUS_AUTH__ALLOWLIST=a0:85:e3:f4:49:34,a0:85:e3:f4:49:35`), maps are written as',
    'in YAML (`CHORUS_ASR__CORRECTIONS=\'{"小只": "小智"}\'`) or entry by entry (`--set asr.corrections.小只=小智`).',
    '',
    '## Top level',
    '',
    ...table(top),
  ];
  for (const section of SECTIONS.values()) {
    const fields = all.filter((field) => field.key.slice(0, field.key.lastIndexOf('.')) === section.key);
    lines.push(`## ${section.key}`, '', ...(section.about === '' ? [] : [section.about, '']), ...table(fields));
  }
  lines.push(
    '## Names of other servers',
    '',
    'Accepted where the meaning is the same; `chorus serve` says how each was understood.',
    '',
    '| name | is |',
    '|---|---|',
    ...[...ALIASES.values()].map((alias) => `| \`${alias.from}\`${alias.unit === 'seconds' ? ' (seconds)' : ''} | \`${alias.to}\` |`),
    '',
  );
  return lines.join('\n');
}
