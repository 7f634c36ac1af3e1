import { expect, it } from 'vitest';
import { errorWords } from '../../core/index.js';
import { dataFolderError } from './data-folder.js';

const failed = (code: string): Error => Object.assign(new Error(`${code}: no space left on device, write`), { code });

it.each(['ENOSPC', 'EDQUOT'])('reports a full disk for %s, not wrong permissions', (code) => {
  const error = dataFolderError('/data', failed(code));
  expect(error.code).toBe('data.disk_full');
  for (const language of ['en', 'zh'] as const) {
    const { message, remedy } = errorWords(error, language);
    expect(`${message} ${remedy}`).toMatch(/full|满/);
    expect(`${message} ${remedy}`).not.toMatch(/permission|权限/);
  }
});

it('reports wrong permissions', () => {
  const error = dataFolderError('/data', failed('EACCES'));
  expect(error.code).toBe('data.not_writable');
  expect(errorWords(error, 'en').message).toContain('permissions');
});
