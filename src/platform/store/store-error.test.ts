import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/index.js';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Reachability } from './reachability.js';
import { storeError } from './store-error.js';

const failed = (code: string): ReturnType<typeof storeError> =>
  storeError('keep turns', Object.assign(new Error('as SQLite says'), { code }));

describe('an error of SQLite', () => {
  it.each([
    'SQLITE_READONLY',
    'SQLITE_READONLY_DBMOVED',
    'SQLITE_CANTOPEN',
    'SQLITE_IOERR',
    'SQLITE_IOERR_WRITE',
    'SQLITE_IOERR_FSYNC',
  ])('says that the disk cannot be written (%s), which the server then reports', (code) => {
    const error = failed(code);
    expect(error).toMatchObject({ code: 'data.not_writable', message: 'cannot keep turns: as SQLite says' });
    const reachability = new Reachability({
      clock: new FakeClock(),
      log: silentLogger,
      metrics: new CountingMetrics(),
      ping: undefined,
    });
    reachability.noteWrite(error);
    expect(reachability.unwritable).toMatchObject({ code: 'data.not_writable' });
  });

  it.each(['SQLITE_IOERR_READ', 'SQLITE_IOERR_SHORT_READ', 'SQLITE_CORRUPT', 'SQLITE_BUSY', 'SQLITE_ERROR'])(
    'is another failure (%s)',
    (code) => {
      expect(failed(code).code).toBe('store.failed');
    },
  );
});
