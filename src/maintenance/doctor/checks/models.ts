import { CATALOGUE, type ModelInspection, speaks } from '../../../engines/index.js';
import { mainLanguage, type Config } from '../../../config/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { neededModels } from '../needs.js';
import { modelsWords } from '../words/models.js';

const KNOWN = issues('models', modelsWords.issues, {
  damaged: { severity: 'fault', fixable: true },
  package: 'fault',
  missing: { severity: 'fault', fixable: true },
  to_come: { severity: 'note', fixable: true },
  wrong_language: 'fault',
});

export function judgeModels(config: Config, inspections: readonly ModelInspection[]): readonly Finding[] {
  const findings: Finding[] = [];
  const byId = new Map(inspections.map((inspection) => [inspection.model.id, inspection]));
  for (const { model, state, files } of inspections) {
    if (state !== 'damaged' && !(state === 'missing' && model.source.type === 'package')) continue;
    const bad = files.filter(({ result }) => result !== 'ok');
    const what =
      bad.length === 0
        ? modelsWords.notComplete(model.id)
        : modelsWords.damaged(
            model.id,
            bad.map(({ name, result }) => modelsWords.file(name, modelsWords.results[result])),
          );
    if (model.source.type === 'download')
      findings.push(found(KNOWN.damaged, what, { fix: { type: 'pull', model: model.id, bytes: model.downloadBytes } }));
    else if (model.source.type === 'package') findings.push(found(KNOWN.package, what));
    else if (model.source.type === 'folder')
      findings.push(
        found(KNOWN.damaged, what, {
          remedy: modelsWords.restore(model.source.name),
        }),
      );
    else
      findings.push(
        found(KNOWN.damaged, what, {
          severity: 'warning',
          remedy: modelsWords.makeAgain(model.source.command, model.id),
        }),
      );
  }
  for (const { model, why } of neededModels(config, ({ id }) => byId.get(id)?.state === 'installed')) {
    if (byId.get(model.id)?.state !== 'missing' || model.source.type === 'package') continue;
    const what = modelsWords.notInstalled(
      model.id,
      why === 'voice' ? 'tts.provider' : modelsWords.forLanguage(mainLanguage(config)),
    );
    const fix =
      model.source.type === 'download'
        ? ({ fix: { type: 'pull', model: model.id, bytes: model.downloadBytes } } as const)
        : {};
    findings.push(
      found(config.models.auto_pull && model.source.type === 'download' ? KNOWN.to_come : KNOWN.missing, what, fix),
    );
  }
  const chosen = CATALOGUE.find(({ id, kind, hidden }) => kind === 'asr' && hidden !== true && id === config.asr.model);
  if (chosen && !speaks(chosen, mainLanguage(config)))
    findings.push(
      found(KNOWN.wrong_language, modelsWords.otherLanguage(chosen.id, chosen.languages, config.session.language)),
    );
  const whole = inspections.filter(({ state }) => state === 'installed').map(({ model }) => model.id);
  return orOk(findings, 'models', whole.join(', '));
}

export const modelsCheck: Check = {
  id: 'models',
  about: modelsWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: async ({ config, models }) => judgeModels(config, await models()),
};
