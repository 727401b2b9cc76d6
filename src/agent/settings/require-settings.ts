import { type ConfigClass, settingIssues } from '#config';
import { badField } from '#permissions';

/** Settings are small: what is larger is not what it seems. */
const SETTINGS_MAX_BYTES = 64 * 1024;

/** Checks an object by the rules of a class. @throws RecordError that names the first value that does not fit. */
export function requireSettings(type: ConfigClass, value: object, path: string): void {
  if (Buffer.byteLength(JSON.stringify(value)) > SETTINGS_MAX_BYTES)
    throw badField(path, `must have at most ${SETTINGS_MAX_BYTES} bytes as JSON`);
  const [issue] = settingIssues(type, value, path);
  if (issue)
    throw badField(issue.path, issue.message.replace(/^unknown key/, 'is an unknown key').replace(/\.$/, ''));
}
