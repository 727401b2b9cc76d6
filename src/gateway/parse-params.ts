import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import type { ParamsClass } from './rpc-method.decorator.js';

const propertiesByClass = new WeakMap<ParamsClass, readonly string[]>();

/**
 * Makes the parameters of a call. Only declared ones are taken over, so that older and newer clients may send
 * more; `null` is the same as absent.
 *
 * @throws AppError INVALID_REQUEST naming the first parameter that does not fit.
 */
export function parseParams<P extends object>(type: ParamsClass<P>, raw: Record<string, unknown>): P {
  const params = new type();
  for (const name of declared(type)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (value !== undefined && value !== null) Reflect.set(params, name, value);
  }
  const [error] = validateSync(params, { stopAtFirstError: true, forbidUnknownValues: false });
  if (error)
    throw new AppError(ErrorCode.INVALID_REQUEST, describe(error), { details: { param: error.property } });
  return params;
}

function declared(type: ParamsClass): readonly string[] {
  const known = propertiesByClass.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  propertiesByClass.set(type, names);
  return names;
}

function describe(error: ValidationError): string {
  const [reason] = Object.values(error.constraints ?? {});
  return `invalid params: ${reason ?? `${error.property} is invalid`}`;
}
