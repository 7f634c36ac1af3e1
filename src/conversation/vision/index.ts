export { Vision } from './vision.js';
