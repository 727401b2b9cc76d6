import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { parseReachable } from './reachable.js';

/** An entry of `tools.network.allow`. */
@ValidatorConstraint({ name: 'isReachable' })
export class IsReachable implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && parseReachable(value) !== undefined;
  }

  defaultMessage(): string {
    return 'each entry must be a host name, an address or a network, with a port where wanted: wiki.corp.example, 10.1.2.0/24, 127.0.0.1:8080';
  }
}
