import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE = join(process.cwd(), 'node_modules/@echogarden/espeak-ng-emscripten');
/** The files that English and Mandarin need. */
const NEEDED = /^(phontab|phonindex|phondata|intonations|(en|cmn)_dict|lang\/(gmw\/en.*|sit\/cmn.*)|voices\/.*)$/;

/** Whether the optional package with espeak-ng's data is installed. */
export const hasEspeakData = existsSync(join(PACKAGE, 'espeak-ng.data'));

/** Writes the folder `espeak-ng-data`. In the package, all of it is in one file. */
export function writeEspeakData(folder: string): void {
  const code = readFileSync(join(PACKAGE, 'espeak-ng.js'), 'utf8');
  const data = readFileSync(join(PACKAGE, 'espeak-ng.data'));
  for (const [, name = '', start, end] of code.matchAll(
    /filename:"\/usr\/share\/espeak-ng-data\/([^"]+)",start:(\d+),end:(\d+)/g,
  )) {
    if (!NEEDED.test(name)) continue;
    const path = join(folder, 'espeak-ng-data', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data.subarray(Number(start), Number(end)));
  }
}
