export { makeBundle, type BundledModel } from './bundle.js';
export { nameOf, targetOf, thisTarget } from './target.js';
