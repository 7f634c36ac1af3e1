export { makeBundle, type Bundle, type BundledModel, type BundleOptions } from './bundle.js';
export { nameOf, targetOf, thisTarget, type Target } from './target.js';
