/** A real photograph's worth of PNG, made here: a picture whose bytes the server's checks accept and a person can look at. */
import * as zlib from "node:zlib";

/** @param {string} kind @param {Buffer} data */
function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** Node has crc32 in zlib from 22.2; until then bit by bit, which is fast enough for a small picture. @param {Buffer} bytes */
function crc(bytes) {
  if ("crc32" in zlib) return zlib.crc32(bytes);
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}

/** A wall with a damp patch. @param {number} width @param {number} height */
export function photograph(width = 320, height = 240) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const damp = Math.max(0, 1 - Math.hypot((x - width * 0.6) / (width * 0.3), (y - height * 0.4) / (height * 0.35)));
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const grain = ((x * 73) ^ (y * 151)) % 9;
      rows[at] = 214 - 90 * damp - grain;
      rows[at + 1] = 206 - 80 * damp - grain;
      rows[at + 2] = 190 - 40 * damp - grain;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
