/** The gateway answers. */
export class HealthDto {
  status!: 'ok';
  /** Version of the WebSocket protocol. @example 3 */
  protocol!: number;
}

/** The process lives: restart it when this does not answer. */
export class LivenessDto {
  status!: 'ok';
}

/** Whether requests should be sent here, part by part. */
export class ReadinessDto {
  status!: 'ok' | 'unavailable';
  database!: 'ok' | 'unavailable' | 'shutting-down';
  /** The connection by which replicas see each other. */
  replication!: 'ok' | 'unavailable' | 'shutting-down';
  gateway!: 'ok' | 'unavailable' | 'shutting-down';
}
