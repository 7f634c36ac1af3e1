import { expect, it } from 'vitest';
import { judgeTools } from './tools.js';

it('reports tools that are not offered, and warns if their settings are incomplete', () => {
  const [ok] = judgeTools({});
  expect(ok).toMatchObject({
    id: 'tools.ok',
    what: { en: expect.stringContaining('Web search (`tools.search.provider` is none)') },
  });
  const off = judgeTools({ weather: { enabled: false } });
  expect(off).toMatchObject([{ id: 'tools.ok', what: { en: expect.stringContaining('Weather (switched off)') } }]);
  expect(judgeTools({ search: { provider: 'tavily' } })).toMatchObject([
    { id: 'tools.incomplete', severity: 'warning', what: { en: 'Web search (`tools.search.api_key` is missing).' } },
  ]);
});
