import { expect, it } from 'vitest';
import { z } from 'zod';
import { both } from '../../core/index.js';
import { defineToolGroup, groupTools, type ToolGroup, type ToolServices } from './tool-group.js';

const SERVICES = { services: true } as unknown as ToolServices;

it('a group of tools gets only its own settings, even if its schema accepts everything', () => {
  const received: Record<string, unknown[]> = {};
  const group = (id: string, settings: z.ZodObject): ToolGroup =>
    defineToolGroup({
      settings: { id, name: both(id, id), settings, missing: () => undefined },
      create: (...all) => {
        received[id] = all;
        return [];
      },
    });
  const groups = [
    group('loose', z.looseObject({ url: z.string().default('http://a') })),
    group('strict', z.strictObject({ api_key: z.string() })),
    group('absent', z.looseObject({})),
  ];
  groupTools(groups, { loose: { more: 1 }, strict: { api_key: 'key-of-strict' }, other: { api_key: 'b' } }, SERVICES);
  expect(received).toEqual({
    loose: [{ url: 'http://a', more: 1 }, SERVICES],
    strict: [{ api_key: 'key-of-strict' }, SERVICES],
    absent: [{}, SERVICES],
  });
});

it('a tool group refuses settings that belong to another group', () => {
  const strict = defineToolGroup({
    settings: { id: 'strict', name: both('a', 'a'), settings: z.strictObject({}), missing: () => undefined },
    create: () => [],
  });
  expect(() => groupTools([strict], { strict: { api_key: 'b' } }, SERVICES)).toThrow(/api_key/);
});
