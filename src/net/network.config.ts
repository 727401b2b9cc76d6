import { IsArray, IsString, Validate } from 'class-validator';
import { ConfigSection, Nested } from '#config';
import { IsDnsServer } from './is-dns-server.js';
import { IsReachable } from './is-reachable.js';

/** Where tools may connect to, beside the public internet. */
export class NetworkSettings {
  /**
   * Hosts and networks that tools may reach though they are private: `wiki.corp.example`, `10.1.2.0/24`,
   * `127.0.0.1:8080`. A port narrows the entry to that port.
   */
  @IsArray()
  @IsString({ each: true })
  @Validate(IsReachable, { each: true })
  allow: string[] = [];

  /** DNS servers that tools find names by: `9.9.9.9`, `127.0.0.1:5353`. Empty: those of the machine. */
  @IsArray()
  @IsString({ each: true })
  @Validate(IsDnsServer, { each: true })
  dns_servers: string[] = [];
}

@ConfigSection('tools', { live: true })
export class NetworkConfig {
  @Nested(() => NetworkSettings) network = new NetworkSettings();
}
