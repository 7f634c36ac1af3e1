// Paths of the server that devices use (docs/protocol.md).

export const OTA_PATH = '/xiaozhi/ota/';
export const WEBSOCKET_PATH = '/xiaozhi/v1/';
export const VISION_PATH = '/mcp/vision/explain';
/** `RELEASE/TICKET` follows (src/device/firmware/links.ts). */
export const FIRMWARE_PATH = '/xiaozhi/firmware/';
