import { expect, it } from 'vitest';
import { type DataFolderFacts, judgeDataFolder } from './data-folder.js';

const facts: DataFolderFacts = {
  folder: '/data',
  state: 'folder',
  writeError: undefined,
  ownUid: 1000,
  ownerUid: 1000,
  foreign: [],
};

it('reports a used up quota, and leaves a full disk to the check of the disk', () => {
  expect(judgeDataFolder({ ...facts, writeError: 'EDQUOT' })).toMatchObject([
    { id: 'data.not_writable', severity: 'fault', what: { en: expect.stringContaining('EDQUOT') as string } },
  ]);
  expect(judgeDataFolder({ ...facts, writeError: 'ENOSPC' })).toMatchObject([{ id: 'data.ok' }]);
});
