import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChorusError } from '../../src/core/index.js';
import { TOOL_SETTINGS, type ToolSettings } from '../../src/providers/index.js';
import { ToolService } from '../fakes/tool-service.js';
import { ToolWorld } from '../fakes/tool-world.js';

let service: ToolService;
let world: ToolWorld;

beforeEach(async () => {
  service = await ToolService.start();
  world = await ToolWorld.open({ sections: service.sections });
});
afterEach(async () => {
  await world.close();
  service.stop();
});

/** Groups of tools that use no service. */
const LOCAL: ReadonlySet<string> = new Set(['reminders', 'messages', 'lists', 'calendar']);
/**
 * The music stations are not tested here, because they stream without end. They have their own tests
 * (`music-stations.test.ts`).
 */
const STREAMS: ReadonlySet<string> = new Set(['music']);

const QUERY = { query: 'x' };
/**
 * Every service of a tool: the tool's group, the service's name in the settings, a tool that uses it, that tool's
 * input, and the settings.
 */
const SERVICES = [
  ['weather', 'open-meteo', 'get_weather', {}, () => ({})],
  ['weather', 'qweather', 'get_weather', {}, () => ({ place: 'B', api_key: 'k', qweather_host: service.origin })],
  ['news', '', 'get_news', {}, () => ({ feeds: { World: `${service.origin}/rss` } })],
  ['search', 'searxng', 'web_search', QUERY, () => ({ url: `${service.origin}/search` })],
  ['search', 'tavily', 'web_search', QUERY, () => ({ api_key: 'k', url: `${service.origin}/search` })],
  ['search', 'bocha', 'web_search', QUERY, () => ({ api_key: 'k', url: `${service.origin}/search` })],
  ['search', 'metaso', 'web_search', QUERY, () => ({ api_key: 'k', url: `${service.origin}/search` })],
  ['knowledge_service', 'ragflow', 'search_knowledge_service', QUERY, () => documents()],
  ['knowledge_service', 'dify', 'search_knowledge_service', QUERY, () => documents()],
  ['home_assistant', '', 'home_find', {}, () => ({ url: `${service.origin}/`, token: 'long' })],
] as const;
const documents = () => ({ url: `${service.origin}/`, api_key: 'k', datasets: ['d1'] });

it('tests every service that a tool uses', () => {
  const known = (TOOL_SETTINGS as readonly ToolSettings[])
    .filter(({ id }) => !LOCAL.has(id) && !STREAMS.has(id))
    .flatMap(({ id, settings }) => {
      const field: unknown = settings.shape['provider'];
      const choices = field instanceof z.ZodDefault ? (field.unwrap() as z.ZodEnum).options : [''];
      return choices.filter((name) => name !== 'none').map((name) => `${id} ${String(name)}`);
    });
  expect(SERVICES.map(([group, name]) => `${group} ${name}`).sort()).toEqual(known.sort());
});

describe.each(SERVICES)('the service of %s %s that misbehaves', (group, provider, tool, input, settings) => {
  const says = (): Promise<string> => world.says(tool, input);
  beforeEach(async () => {
    const own = { ...(group === 'weather' && service.weather()), ...settings(), ...(provider !== '' && { provider }) };
    await world.close();
    world = await ToolWorld.open({ sections: { [group]: own } });
  });

  it('with an error, garbage, or 50 MB is reported to the model in words', async () => {
    service.answers = () => (_, response) => void response.writeHead(500).end('boom');
    expect(await says()).toMatch(/^failed: .* answered with HTTP 500$/);
    service.answers = () => (_, response) => void response.end('\u0000<<garbage');
    expect(await says()).toMatch(/^failed: .*(unreadable|no news|nothing of that name)/);
    service.answers = () => (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      response.on('error', () => undefined);
      const more = (left: number): void => {
        if (left > 0 && !response.destroyed) response.write(chunk, () => more(left - 1));
        else response.end();
      };
      more(50);
    };
    expect(await says()).toMatch(/^failed: .* answered with far too much$/);
    service.answers = () => (request) => void request.socket.destroy();
    expect(await says()).toMatch(/^failed: .* (cannot be reached|broke off)$/);
    service.answers = () => (_, response) => void response.writeHead(401).end();
    expect(await says()).toMatch(/^failed: .* refuses the key$/);
  });

  it('with 429 gets no request for as long as it asks', async () => {
    service.answers = () => (_, response) => void response.writeHead(429, { 'retry-after': '120' }).end();
    expect(await says()).toMatch(/pause of 120 s$/);
    const before = service.asked.length;
    await world.clock.advance(60_000);
    expect(await says()).toMatch(/pause of 60 s$/);
    expect(service.asked).toHaveLength(before);
    await world.clock.advance(60_000);
    await says();
    expect(service.asked.length).toBeGreaterThan(before);
  });

  it('is reported in Chinese in a Chinese conversation', async () => {
    for (const answer of [
      (_: unknown, response: ServerResponse) => void response.writeHead(500).end(),
      (_: unknown, response: ServerResponse) => void response.writeHead(401).end(),
      (_: unknown, response: ServerResponse) => void response.end('garbage'),
      (request: IncomingMessage) => void request.socket.destroy(),
      (_: unknown, response: ServerResponse) => void response.writeHead(429, { 'retry-after': '9' }).end(),
    ]) {
      service.answers = () => answer;
      const { details } = await world.call(tool, input).then(
        () => expect.unreachable(),
        (error: unknown) => error as ChorusError,
      );
      expect(details['zh']).toMatch(/\p{Script=Han}/u);
      expect(details['zh']).not.toMatch(/\b(?!Home|Assistant|HTTP)[a-z]+ [a-z]+/);
    }
  });

  it('by stalling ends after the time limit of the tool', async () => {
    const stalls = new Promise<void>((resolve) => {
      service.answers = () => () => resolve();
    });
    const said = says();
    await stalls;
    await world.clock.advance(60_000);
    expect(await said).toMatch(/^failed: the tool did not answer within \d+ s$/);
  });
});
