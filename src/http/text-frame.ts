// A WebSocket message of text as it goes over the wire from a server: RFC 6455, section 5.2.

/** Opcode 1, text, in a single frame. */
const WHOLE_TEXT = 0x81;
/** Lengths above these are written in two and in eight bytes, behind these markers. */
const LONGEST_SHORT = 125;
const LONGEST_IN_TWO_BYTES = 65_535;
const IN_TWO_BYTES = 126;
const IN_EIGHT_BYTES = 127;
/** A message up to this size is put together by copying, which is cheaper than a write of several chunks. Bytes. */
const COPIED_UP_TO = 16_384;

/** The frame of a message that is given in parts, as the chunks to write: the parts of a large one are not copied. */
export function textFrame(parts: readonly Buffer[]): readonly Buffer[] {
  let length = 0;
  for (const part of parts) length += part.length;
  const start = length > LONGEST_IN_TWO_BYTES ? 10 : length > LONGEST_SHORT ? 4 : 2;
  const isCopied = length <= COPIED_UP_TO;
  const frame = Buffer.allocUnsafe(isCopied ? start + length : start);
  frame[0] = WHOLE_TEXT;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = IN_TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = IN_EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!isCopied) return [frame, ...parts];
  let end = start;
  for (const part of parts) {
    frame.set(part, end);
    end += part.length;
  }
  return [frame];
}
