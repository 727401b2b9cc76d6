const INVISIBLE = /[\p{M}\p{Cf}\0]+/gu;
const WHITE_SPACE = /\s+/g;
const APOSTROPHE = /[‘’ʼ]/g;

/**
 * Makes spellings of the same words equal: compatibility forms (full width, ligatures), accents, invisible
 * characters, case, kinds and amounts of white space.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(WHITE_SPACE, ' ')
    .replace(APOSTROPHE, "'")
    .toLowerCase();
}
