import { isString, ValidateBy } from 'class-validator';

const URL_MAX_CHARS = 2_048;
const DATA_URL = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** `data:` URLs (base64) of png, jpeg, gif or webp, or https URLs. */
export function IsImageUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isImageUrl',
      validator: {
        validate: (value) => isString(value) && (DATA_URL.test(value) || isHttpsUrl(value)),
        defaultMessage: () =>
          'each of $property must be an https URL, or a data: URL (base64) of a png, jpeg, gif or webp image',
      },
    },
    { each: true },
  );
}

function isHttpsUrl(text: string): boolean {
  return text.length <= URL_MAX_CHARS && text.startsWith('https://') && URL.canParse(text);
}
