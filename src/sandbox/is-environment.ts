import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VALUE_MAX_CHARS = 8_192;
const VARIABLES_MAX = 100;

/** Variables of an environment: names that a shell takes, texts without NUL. */
@ValidatorConstraint({ name: 'isEnvironment' })
export class IsEnvironment implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return (
      entries.length <= VARIABLES_MAX && entries.every(([name, text]) => NAME.test(name) && isText(text))
    );
  }

  defaultMessage(): string {
    return `must map up to ${VARIABLES_MAX} names such as API_URL to texts of up to ${VALUE_MAX_CHARS} characters`;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= VALUE_MAX_CHARS && !value.includes('\0');
}
