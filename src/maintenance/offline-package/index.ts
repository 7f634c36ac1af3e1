export { makeBundle, type Bundle, type BundledModel } from './bundle.js';
export { nameOf, targetOf, thisTarget } from './target.js';
