import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readForm } from './index.js';

const LIMITS = { fieldBytes: 100, fileBytes: 100 };

it.each([true, false])('a form is incomplete if its connection ends early (before it is read: %s)', async (before) => {
  const body = new PassThrough();
  body.write('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n');
  if (before) await once(body.destroy(), 'close');
  const { signal } = new AbortController();
  const reading = readForm('multipart/form-data; boundary=x', body, LIMITS, (fault) => new Error(fault), signal);
  body.destroy();
  await expect(reading).rejects.toThrow('malformed');
});
