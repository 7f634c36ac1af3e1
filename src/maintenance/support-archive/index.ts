import type { DoctorContext } from '../doctor/check.js';
import type { Examination } from '../doctor/examine.js';
import { writeArchive } from './archive.js';
import { bundleContents } from './contents.js';

/** Writes a tar.gz with mode 0600. Errors: `data.not_writable`, `data.disk_full`; the signal's reason. */
export async function writeBundle(path: string, context: DoctorContext, examination: Examination): Promise<void> {
  const wallMs = context.clock.wallMs();
  const stamp = new Date(wallMs)
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .replace('T', '-');
  await writeArchive(path, `chorus-${stamp}`, await bundleContents(context, examination), wallMs);
}
