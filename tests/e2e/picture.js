// SPDX-License-Identifier: GPL-3.0-or-later
import zlib, { deflateSync } from 'node:zlib'

/** CRC of PNG, for the node of Debian 12 that has none. */
function crc (data) {
  if (zlib.crc32) return zlib.crc32(data)
  let sum = 0xFFFFFFFF
  for (const byte of data) {
    sum ^= byte
    for (let i = 0; i < 8; i++) sum = sum & 1 ? (sum >>> 1) ^ 0xEDB88320 : sum >>> 1
  }
  return (sum ^ 0xFFFFFFFF) >>> 0
}

function chunk (type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** A PNG of soft stripes. */
export function picture (width, height) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set([40 + (x % 60), 110 + (y % 90), 100], y * (1 + width * 3) + 1 + x * 3)
  }
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
