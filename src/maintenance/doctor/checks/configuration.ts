import { describeMistake, describeNote } from '../../../config/index.js';
import type { Check, Configuration } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { configurationWords } from '../words/configuration.js';

const KNOWN = issues('config', configurationWords.issues, { mistake: 'fault', unreadable: 'fault', note: 'note' });

export function judgeConfiguration(configuration: Configuration): readonly Finding[] {
  if ('unreadable' in configuration)
    return [found(KNOWN.unreadable, configurationWords.unreadable(configuration.file, configuration.unreadable))];
  const notes = configuration.notes.map((note) =>
    found(KNOWN.note, { en: describeNote(note, 'en'), zh: describeNote(note, 'zh') }),
  );
  if (!configuration.ok)
    return [
      ...configuration.mistakes.map((mistake) =>
        found(KNOWN.mistake, { en: describeMistake(mistake, 'en'), zh: describeMistake(mistake, 'zh') }),
      ),
      ...notes,
    ];
  return orOk(notes, 'config', configuration.fileExists ? configuration.file : configurationWords.defaults);
}

export const configurationCheck: Check = {
  id: 'config',
  about: configurationWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: ({ configuration }) => Promise.resolve(judgeConfiguration(configuration)),
};
