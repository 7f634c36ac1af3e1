import type {
  LanguageModelDescriptor,
  ProviderDescriptor,
  RecognitionServiceDescriptor,
  VoiceDescriptor,
} from '../providers/index.js';
import { pluginError } from './guard.js';
import { guardLanguageModel, guardRecognizer, guardVoice } from './guarded-providers.js';

/** The descriptor of a plug-in with guarded providers. A plug-in's voice speaks only if it was chosen. */
export function guarded(plugin: string, descriptor: ProviderDescriptor): ProviderDescriptor {
  switch (descriptor.kind) {
    case 'voice':
      return { ...descriptor, local: false, automatic: false, create: voice(plugin, descriptor) };
    case 'language-model':
      return { ...descriptor, create: languageModel(plugin, descriptor) };
    case 'recognition-service':
      return { ...descriptor, local: false, create: recognizer(plugin, descriptor) };
    default:
      return descriptor;
  }
}

function voice(plugin: string, descriptor: VoiceDescriptor): VoiceDescriptor['create'] {
  return (settings, context) =>
    guardVoice(
      plugin,
      descriptor.id,
      making(plugin, () => descriptor.create(settings, context)),
    );
}

function recognizer(plugin: string, descriptor: RecognitionServiceDescriptor): RecognitionServiceDescriptor['create'] {
  return (settings, context) =>
    guardRecognizer(
      plugin,
      descriptor.id,
      making(plugin, () => descriptor.create(settings, context)),
    );
}

function languageModel(plugin: string, descriptor: LanguageModelDescriptor): LanguageModelDescriptor['create'] {
  return (settings, context) => {
    const llm = making(plugin, () => descriptor.create(settings, context));
    return guardLanguageModel(plugin, llm, { clock: context.clock, ...settings });
  };
}

function making<T>(plugin: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw pluginError(plugin, error, 'plugin.failed');
  }
}
