import type { JsonSchema } from '#contracts';
import { badField, type GivenSecrets, type SealedFields } from '#permissions';
import type { CustomToolRow } from '#store';
import { checkTemplate } from './command-template.js';

/** What an admin sets of a custom tool. */
export interface CustomToolInput {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of an object; absent: no parameters. */
  readonly parameters?: JsonSchema | null;
  /** Command of a shell, with `{{.name}}` where an argument goes. */
  readonly command: string;
  readonly working_dir?: string | null;
  readonly timeout_seconds?: number;
  readonly env?: GivenSecrets;
  /** Absent: a tool of all agents. */
  readonly agent_id?: string | null;
  readonly enabled?: boolean;
}

/** A custom tool as it is shown: `***` for each variable. */
export interface CustomToolView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  readonly command: string;
  readonly working_dir: string;
  readonly timeout_seconds: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly agent_id?: string;
  readonly enabled: boolean;
  readonly created_by: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Its variables were sealed with another encryption key: they must be set again. */
  readonly secrets_unreadable?: true;
}

type Columns = Partial<Omit<CustomToolRow, 'id' | 'version' | 'created_at' | 'updated_at' | 'created_by'>>;

const NO_PARAMETERS: JsonSchema = { type: 'object', properties: {} };

/** Columns of what is given. @throws RecordError */
export async function columnsOf(
  input: Partial<CustomToolInput>,
  before: CustomToolRow | undefined,
  sealed: SealedFields,
): Promise<Columns> {
  const { env, parameters, working_dir, ...plain } = input;
  const schema =
    parameters === undefined ? (before?.parameters ?? NO_PARAMETERS) : (parameters ?? NO_PARAMETERS);
  if (parameters) await requireSchema(parameters);
  const problem = checkTemplate(plain.command ?? before?.command ?? '', propertiesOf(schema));
  if (problem !== undefined) throw badField('command', problem);
  const sealedEnv = sealed.map('env', env, before?.env);
  return {
    ...plain,
    ...((parameters !== undefined || !before) && { parameters: schema }),
    ...(working_dir !== undefined && { working_dir: working_dir ?? '' }),
    ...(sealedEnv !== undefined && { env: sealedEnv }),
  };
}

export function showTool(row: CustomToolRow, sealed: SealedFields): CustomToolView {
  const { env, agent_id, created_at, updated_at, ...rest } = row;
  const shown = sealed.showMap(env);
  return {
    ...rest,
    ...(shown && { env: shown }),
    ...(agent_id !== null && { agent_id }),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
    ...(!shown && { secrets_unreadable: true }),
  };
}

/** Imported when it is needed: Ajv costs 70 ms of a cold start. */
async function requireSchema(schema: JsonSchema): Promise<void> {
  if ((schema['type'] ?? 'object') !== 'object')
    throw badField('parameters', 'must be a JSON schema of type object');
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false, addUsedSchema: false });
  const { $schema: _dialect, $async: _async, ...checked } = schema;
  try {
    ajv.compile(checked);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be compiled';
    throw badField('parameters', `is not a valid JSON schema: ${why.slice(0, SHOWN_MAX_CHARS)}`);
  }
}

const SHOWN_MAX_CHARS = 300;

function propertiesOf(schema: JsonSchema): ReadonlySet<string> {
  const properties = schema['properties'];
  return new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []);
}
