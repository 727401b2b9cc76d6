import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

export const RUN_STATES = [
  'queued',
  'running',
  'completed',
  'failed',
  'aborted',
  'merged',
  'dropped',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One run, from its acceptance to its end. The row is the authority on who may work on it (lease). */
@Entity('runs')
export class RunEntity {
  @PrimaryColumn('uuid') id!: string;
  /** Null for a conversation that is not stored. */
  @Column('uuid', { nullable: true }) session_id!: string | null;
  @Column('varchar', { length: 500 }) session_key!: string;
  @Column('uuid') agent_id!: string;
  @Column('varchar', { length: 100 }) agent_key!: string;
  @Column('varchar', { length: 255 }) user_id!: string;
  @Column('varchar', { length: 255, nullable: true }) tenant!: string | null;
  @Column('varchar', { length: 20 }) role!: string;
  @Column('text', { array: true, default: [] }) scopes!: string[];
  @Column('varchar', { length: 30 }) credential!: string;
  @Column('uuid', { nullable: true }) api_key_id!: string | null;
  @Column('varchar', { length: 255, nullable: true }) sender!: string | null;
  @Column('varchar', { length: 50, nullable: true }) channel!: string | null;
  @Column('jsonb', { nullable: true }) peer!: Record<string, unknown> | null;
  @Column('varchar', { length: 20 }) lane!: string;
  @Column('varchar', { length: 20 }) origin!: string;
  @Column('uuid', { nullable: true }) parent_run_id!: string | null;
  @Column('uuid', { nullable: true }) merged_into!: string | null;
  @Column('varchar', { length: 20 }) state!: RunState;
  @Column('varchar', { length: 50 }) operation!: string;
  @Column('varchar', { length: 255, nullable: true }) idempotency_key!: string | null;
  @Column('varchar', { length: 64, nullable: true }) request_hash!: string | null;
  @Column('jsonb') request!: Record<string, unknown>;
  @Column('uuid', { nullable: true }) lease_owner!: string | null;
  @Column('int', { default: 0 }) lease_epoch!: number;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) lease_until!: Date | null;
  @Column('int', { default: 0 }) attempt!: number;
  /** Order of acceptance: waiting runs of a session have their turns in it. */
  @Column({ type: 'bigint', insert: false, update: false }) position!: string;
  /** How often its replica was lost while it went; handing it over on purpose does not count. */
  @Column('int', { default: 0 }) interruptions!: number;
  @Column('jsonb', { nullable: true }) progress!: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) steps!: Record<string, unknown>[] | null;
  @Column('varchar', { length: 20, nullable: true }) abort_reason!: string | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) deadline!: Date | null;
  @Column('jsonb', { nullable: true }) result!: Record<string, unknown> | null;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('varchar', { length: 30, nullable: true }) error_code!: string | null;
  @Column('jsonb', { nullable: true }) usage!: Record<string, unknown> | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) started_at!: Date | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) finished_at!: Date | null;
}
