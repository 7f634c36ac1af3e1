import { z } from 'zod';
import type {
  LanguageModelDescriptor,
  ProviderDescriptor,
  RecognitionServiceDescriptor,
  VoiceDescriptor,
} from '../providers/index.js';
import { pluginError } from './guard.js';
import { guardLanguageModel, guardRecognizer, guardVoice } from './guarded-providers.js';

const MAX_OFFER_CHARS = 300;
const offered = z.string().transform((text) => text.slice(0, MAX_OFFER_CHARS));
const bilingual = z.object({ en: offered, zh: offered });

/** Guards the calls of a plug-in. `automatic` is false, because its voice speaks only if the user chose it. */
export function guarded(plugin: string, descriptor: ProviderDescriptor): ProviderDescriptor {
  switch (descriptor.kind) {
    case 'voice':
      return { ...descriptor, local: false, automatic: false, create: voice(plugin, descriptor) };
    case 'language-model':
      return { ...descriptor, create: languageModel(plugin, descriptor), ...probeOf(plugin, descriptor) };
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
      descriptor,
      making(plugin, () => descriptor.create(settings, context)),
    );
}

function recognizer(plugin: string, descriptor: RecognitionServiceDescriptor): RecognitionServiceDescriptor['create'] {
  return (settings, context) =>
    guardRecognizer(
      plugin,
      descriptor,
      making(plugin, () => descriptor.create(settings, context)),
    );
}

function languageModel(plugin: string, descriptor: LanguageModelDescriptor): LanguageModelDescriptor['create'] {
  return (settings, context) => {
    const llm = making(plugin, () => descriptor.create(settings, context));
    return guardLanguageModel(plugin, descriptor, llm, { clock: context.clock, ...settings });
  };
}

function probeOf(plugin: string, descriptor: LanguageModelDescriptor): Pick<LanguageModelDescriptor, 'probe'> {
  if (!descriptor.probe) return {};
  return {
    async probe(settings, context) {
      try {
        const offer: unknown = await descriptor.probe?.(settings, context);
        return bilingual.safeParse(offer).data;
      } catch (error) {
        context.signal.throwIfAborted();
        throw pluginError(plugin, error, 'llm.failed');
      }
    },
  };
}

function making<T>(plugin: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw pluginError(plugin, error, 'plugin.failed');
  }
}
