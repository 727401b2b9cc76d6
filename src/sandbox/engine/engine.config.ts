import { IsOptional, IsString, MaxLength } from 'class-validator';
import { ConfigSection, EnvOnly, Nested } from '#config';

/** Where the engine that makes sandboxes listens: Docker, or Podman with its Docker API. */
export class EngineSettings {
  /** As the docker command knows it: `unix:///run/docker.sock`, `tcp://engine:2376`. Absent: the local one. */
  @IsOptional() @IsString() @MaxLength(500) @EnvOnly('DOCKER_HOST') docker_host?: string;
  /** Directory with `ca.pem`, `cert.pem` and `key.pem`: the engine is asked by TLS. */
  @IsOptional() @IsString() @MaxLength(2_000) @EnvOnly('DOCKER_CERT_PATH') docker_cert_path?: string;
}

@ConfigSection('tools')
export class EngineConfig {
  @Nested(() => EngineSettings) sandbox = new EngineSettings();
}
