import { Injectable } from '@nestjs/common';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema, ToolSpec } from '#contracts';
import { checkCost } from './check-cost.js';

const ISSUES_MAX = 8;
/** Characters times instructions of a schema's pattern; a longer text is left to the tool. */
const PATTERN_MAX_STEPS = 2_500_000;
const VALUES_SHOWN_MAX_CHARS = 500;
/** Schemas that are tried on values: about a second's work. */
const CHECK_MAX_STEPS = 10_000_000;
const TOO_MUCH =
  '- arguments: too many values, or too deep in one another, to be checked against the schema; send less at once';

/**
 * Checks a call's arguments against the tool's JSON schema. Schemas are compiled once per tool; patterns in them
 * run on a linear-time engine, because MCP servers and admins write them.
 */
@Injectable()
export class ArgumentValidator {
  private readonly compiled = new WeakMap<ToolSpec, ValidateFunction>();
  private ajv: Promise<Ajv2020> | undefined;

  /**
   * What does not fit, for the model; `undefined` when everything does.
   * @throws when the schema itself cannot be compiled.
   */
  async issues(spec: ToolSpec, args: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    if (checkCost(spec.parameters, args) > CHECK_MAX_STEPS) return TOO_MUCH;
    const validate = this.compiled.get(spec) ?? (await this.compile(spec));
    if (validate(args)) return undefined;
    const lines = (validate.errors ?? [])
      .slice(0, ISSUES_MAX)
      .map((error) => describe(error, spec.parameters));
    return [...new Set(lines)].join('\n');
  }

  private async compile(spec: ToolSpec): Promise<ValidateFunction> {
    this.ajv ??= createAjv();
    const ajv = await this.ajv;
    const { $schema: _dialect, $async: _async, ...schema } = spec.parameters;
    const validate = ajv.compile(schema);
    // The compiled function is kept beside the spec; Ajv's own cache would hold it for ever.
    ajv.removeSchema(schema);
    this.compiled.set(spec, validate);
    return validate;
  }
}

/** Imported when the first call is checked: together they cost 70 ms of a cold start. */
async function createAjv(): Promise<Ajv2020> {
  const [{ Ajv2020 }, { RE2JS }] = await Promise.all([import('ajv/dist/2020.js'), import('re2js')]);
  const compile = (pattern: string): ((text: string) => boolean) => {
    try {
      const regex = RE2JS.compile(pattern);
      const longest = PATTERN_MAX_STEPS / regex.programSize();
      return (text) => text.length > longest || regex.test(text);
    } catch {
      // Lookaround and back references have no linear-time form: such a pattern is left to the tool.
      return () => true;
    }
  };
  const regExp = Object.assign(
    // Ajv keeps compiled patterns by their text form.
    (pattern: string) => {
      // A schema may have hundreds that are dear to compile; most are for arguments that are not given.
      let known: ((text: string) => boolean) | undefined;
      return { test: (text: string) => (known ??= compile(pattern))(text), toString: () => pattern };
    },
    { code: 'linearRegExp' },
  );
  const ajv = new Ajv2020({
    strict: false,
    coerceTypes: false,
    allErrors: true,
    validateSchema: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp },
  });
  // Ajv's own compares each with each.
  ajv.removeKeyword('uniqueItems');
  const validate = (isWanted: unknown, items: readonly unknown[]): boolean =>
    isWanted !== true || new Set(items.map(canonical)).size === items.length;
  const error = { message: 'must NOT have duplicate items' };
  return ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', validate, error, errors: false });
}

/** The same text for the same value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

function describe(error: ErrorObject, schema: JsonSchema): string {
  const path = error.instancePath === '' ? 'arguments' : error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'additionalProperties') {
    const extra = String(error.params['additionalProperty']);
    return `- ${path}: unknown argument "${clip(extra)}"; known: ${knownProperties(schema)}`;
  }
  const allowed: unknown = error.params['allowedValues'] ?? error.params['allowedValue'];
  const choices = allowed === undefined ? '' : `: ${clip(JSON.stringify(allowed))}`;
  return `- ${path}: ${error.message ?? 'is invalid'}${choices}`;
}

function knownProperties(schema: JsonSchema): string {
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null
    ? clip(Object.keys(properties).join(', '))
    : 'none';
}

function clip(text: string): string {
  return text.length <= VALUES_SHOWN_MAX_CHARS ? text : `${text.slice(0, VALUES_SHOWN_MAX_CHARS)}…`;
}
