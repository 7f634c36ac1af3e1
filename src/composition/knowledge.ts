import { KnowledgeLibrary, readInChild } from '../conversation/knowledge/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';

/** The built-in knowledge store. Its indexes are loaded in the background. */
export function composeKnowledge({ dataDir, root, common }: Foundation, store: Store): KnowledgeLibrary {
  const scope = root.child('knowledge');
  const library = new KnowledgeLibrary({
    store: store.knowledge,
    shared: store.shared,
    dataDir,
    clock: common.clock,
    log: common.log,
    read: (call, signal) => readInChild(call, { ...common, scope, signal }),
    signal: scope.signal,
  });
  scope.fork('knowledge', (signal) => library.run(signal));
  return library;
}
