/** A kind of picture that models and people can look at. */
export interface PictureType {
  readonly mediaType: string;
  readonly extension: string;
}

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

/** What bytes are, by how they begin; `undefined` for what is no picture. */
export function pictureType(bytes: Buffer): PictureType | undefined {
  if (PNG.every((byte, index) => bytes[index] === byte)) return { mediaType: 'image/png', extension: 'png' };
  if (JPEG.every((byte, index) => bytes[index] === byte))
    return { mediaType: 'image/jpeg', extension: 'jpg' };
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('GIF8')) return { mediaType: 'image/gif', extension: 'gif' };
  if (start.startsWith('RIFF') && start.endsWith('WEBP'))
    return { mediaType: 'image/webp', extension: 'webp' };
  return undefined;
}
