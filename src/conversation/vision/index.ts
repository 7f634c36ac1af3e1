export { Vision, type VisionOptions, type VisionSettings } from './vision.js';
