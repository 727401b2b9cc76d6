/** Addresses that mean "every interface": one cannot connect to them, but to loopback. */
const EVERY_INTERFACE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** `host:port` as one writes it in a URL. */
export function gatewayAddress(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Where a gateway that listens on `host` and `port` is reached from the same machine. */
export function gatewayOrigin(host: string, port: number): string {
  return `http://${gatewayAddress(EVERY_INTERFACE[host] ?? host, port)}`;
}
