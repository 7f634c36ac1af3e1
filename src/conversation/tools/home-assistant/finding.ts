import { lettersOf } from '../../dialogue/text/characters.js';
import { wordStemsIn } from '../../session/phrases.js';

export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** The key is the id of an entity, and the value is the name of its area. */
export type Areas = ReadonlyMap<string, string>;

/** Words that do not help to find an entity. */
const AROUND = new Set('the,a,an,my,our,in,of,on,at,all,的,里,上'.split(','));
/** Words that people use for a domain, besides its own name. */
const KINDS: Readonly<Record<string, string>> = {
  light: 'lamp 灯',
  cover: 'blind curtain shutter 窗帘',
  climate: 'heating heater 空调暖气',
  fan: '风扇',
  switch: 'plug socket 插座开关',
};
const MAX_AREAS = 500;

/** Home Assistant renders this template to one line per area. */
export const AREAS_TEMPLATE =
  "{% for area in areas() %}{{ area_entities(area) | join(',') }} {{ area_name(area) }}\n{% endfor %}";

export function readAreas(rendered: string): Areas {
  const lines = rendered.split('\n', MAX_AREAS).flatMap((line) => {
    const [, ids = '', name = ''] = /^(\S+) (.{1,200})$/.exec(line.trim()) ?? [];
    return ids.split(',').map((id): [string, string] => [id, name]);
  });
  return new Map(lines.filter(([id]) => id !== ''));
}

/**
 * Prefers an entity with exactly this id or name, then a name that contains the request. Otherwise the name must
 * contain every word of the request. An empty request matches all.
 */
export function matching(entities: readonly Entity[], name: string): readonly Entity[] {
  const wanted = lettersOf(name);
  if (wanted === '') return entities;
  const exact = entities.filter((entity) => entity.id === name.trim() || lettersOf(entity.name) === wanted);
  if (exact.length > 0) return exact;
  const parts = entities.filter((entity) => lettersOf(entity.name).includes(wanted));
  return parts.length > 0 ? parts : withWords(entities, name, (entity) => entity.name);
}

/** Name, area and domain together must contain every word of the request. */
export function matchingInAreas(entities: readonly Entity[], name: string, areas: Areas): readonly Entity[] {
  return withWords(
    entities.filter(({ id }) => areas.has(id)),
    name,
    ({ id, name: own }) => {
      const kind = id.split('.', 1)[0] ?? '';
      return `${own} ${areas.get(id) ?? ''} ${kind} ${Object.hasOwn(KINDS, kind) ? KINDS[kind] : ''}`;
    },
  );
}

function withWords(
  entities: readonly Entity[],
  request: string,
  textOf: (entity: Entity) => string,
): readonly Entity[] {
  const wanted = wordStemsIn(request).filter((word) => !AROUND.has(word));
  if (wanted.length === 0) return [];
  return entities.filter((entity) => {
    const there = new Set(wordStemsIn(textOf(entity)));
    return wanted.every((word) => there.has(word));
  });
}
