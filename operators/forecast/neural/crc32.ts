// CRC-32 (ISO 3309, polynomial 0xEDB88320), as zlib and PNG have it.

const table = new Uint32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * Of all parts, as if they were one.
 * @example the bytes of '123456789' have 0xcbf43926
 */
export function crc32(...parts: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (const byte of part) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
