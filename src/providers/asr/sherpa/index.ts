import { both } from '../../../core/index.js';
import { CATALOGUE, type AsrModel } from '../../../engines/index.js';
import { defineRecognizer, type RecognizerDescriptor } from '../../descriptor.js';
import { IMPORTED_RECOGNIZERS } from './imported.js';
import { sherpaAsr } from './sherpa-asr.js';

export const sherpaRecognizers: readonly RecognizerDescriptor[] = CATALOGUE.filter(
  (model): model is AsrModel => model.kind === 'asr',
).map((model) => sherpaRecognizer(model));

export function sherpaRecognizer(model: AsrModel): RecognizerDescriptor {
  return defineRecognizer({
    id: model.id,
    name: both(model.id, model.id),
    about: model.about,
    local: true,
    languages: model.languages,
    model,
    ...(model.unverified !== undefined && { unproven: true }),
    importFrom: IMPORTED_RECOGNIZERS[model.id] ?? [],
    create: (engine) => sherpaAsr({ model, engine }),
  });
}
