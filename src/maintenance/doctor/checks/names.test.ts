import { afterAll, expect, it } from 'vitest';
import { doctorFor, removeFolders } from '../../../../test/fakes/doctor-context.js';
import { namesCheck } from './names.js';

afterAll(() => removeFolders());

it('reports a required host as a fault even if an optional service is on the same host', async () => {
  const findings = await namesCheck.run(
    await doctorFor({
      settings: {
        'llm.base_url': 'http://models.example/v1',
        'llm.model': 'a',
        'llm.fallback.base_url': 'http://models.example/v1',
        'llm.fallback.model': 'b',
      },
      resolve: () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })),
    }),
  );
  expect(findings.filter(({ what }) => JSON.stringify(what).includes('models.example'))).toMatchObject([
    { id: 'dns.failed', severity: 'fault', what: { en: expect.stringContaining('(llm)') as string } },
  ]);
});
