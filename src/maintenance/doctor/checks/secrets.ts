import { readFile } from 'node:fs/promises';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { type SecretFile, secretFiles } from '../secret-files.js';
import { secretsWords } from '../words/secrets.js';

/** Permission bits of all users but the owner. */
const OTHERS = 0o077;
const PRIVATE = 0o600;

const KNOWN = issues('secrets', secretsWords.issues, { readable: { severity: 'warning', fixable: true } });

export function judgeSecretFiles(
  files: readonly SecretFile[],
  platform: NodeJS.Platform = process.platform,
): readonly Finding[] {
  // Windows does not use permission bits.
  const open = platform === 'win32' ? [] : files.filter(({ mode }) => (mode & OTHERS) !== 0);
  const findings = open.map(({ path, mode, holds }) => {
    const octal = mode.toString(8).padStart(3, '0');
    return found(KNOWN.readable, secretsWords.readable(path, octal, secretsWords.holds[holds]), {
      fix: { type: 'chmod', path, mode: PRIVATE },
    });
  });
  return orOk(findings, 'secrets', secretsWords.allPrivate(files.length));
}

export const secretsCheck: Check = {
  id: 'secrets',
  about: secretsWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  async run({ dataDir, configuration, config }) {
    const text = await readFile(configuration.file, 'utf8').catch(() => undefined);
    return judgeSecretFiles(await secretFiles(dataDir, configuration.file, text, config.store.file));
  },
};
