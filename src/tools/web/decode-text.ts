/** Where HTML says its encoding, in these first bytes (https://html.spec.whatwg.org/#prescan-a-byte-stream). */
const PRESCAN_BYTES = 1_024;
const META_CHARSET = /<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}["']?([\w:.-]{1,40})/i;

const BYTE_ORDER_MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
];

/** Bytes as text: by their mark, by what the header says, by what HTML says of itself, else UTF-8. Never fails. */
export function decodeText(bytes: Buffer, charset: string | undefined, isHtml: boolean): string {
  const mark = BYTE_ORDER_MARKS.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  const said = isHtml ? META_CHARSET.exec(bytes.toString('latin1', 0, PRESCAN_BYTES))?.[1] : undefined;
  const labels = [mark?.[1], charset, said, 'utf-8'];
  const decoder = labels.map(decoderOf).find((one) => one !== undefined);
  return (decoder ?? new TextDecoder()).decode(bytes);
}

/** `undefined` for an encoding that nobody knows. */
function decoderOf(label: string | undefined): InstanceType<typeof TextDecoder> | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
