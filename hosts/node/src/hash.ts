const OFFSET_BASIS = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58dn;
const PRIME = (1n << 88n) + 0x13bn;

/** FNV-1a with 128 bits, as 32 hexadecimal digits. */
export function fnv1a128(bytes: Uint8Array): string {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(32, "0");
}

const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});

/** CRC-32/ISO-HDLC. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
