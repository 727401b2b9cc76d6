import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isIP } from 'node:net';

const WITH_PORT = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[\d.]+)):(?<port>\d{1,5})$/;

/** An entry of `tools.network.dns_servers`. */
@ValidatorConstraint({ name: 'isDnsServer' })
export class IsDnsServer implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'string') return false;
    if (isIP(value) !== 0) return true;
    const found = WITH_PORT.exec(value)?.groups;
    const port = Number(found?.['port']);
    return isIP(found?.['v6'] ?? found?.['v4'] ?? '') !== 0 && port >= 1 && port <= 65_535;
  }

  defaultMessage(): string {
    return 'each entry must be an address, with a port where wanted: 9.9.9.9, 127.0.0.1:5353, [2620:fe::fe]:53';
  }
}
