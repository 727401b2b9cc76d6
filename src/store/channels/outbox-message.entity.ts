import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** `unknown`: it was sent, and nobody knows whether it arrived; it is not sent again. */
export const OUTBOX_STATES = ['pending', 'sending', 'sent', 'failed', 'unknown'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

/** A message to a chat platform. Its id is the delivery key. */
@Entity('outbox')
export class OutboxMessageEntity {
  @PrimaryColumn('uuid') id!: string;
  /** Order of sending within a chat. */
  @Column({ type: 'bigint', insert: false, update: false }) position!: string;
  @Column('varchar', { length: 100 }) channel!: string;
  @Column('varchar', { length: 255 }) chat_id!: string;
  @Column('uuid', { nullable: true }) run_id!: string | null;
  @Column('int', { default: 0 }) part!: number;
  @Column('varchar', { length: 255 }) user_id!: string;
  @Column('jsonb') message!: Record<string, unknown>;
  @Column('varchar', { length: 20, default: 'pending' }) state!: OutboxState;
  @Column('int', { default: 0 }) attempts!: number;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) next_attempt_at!: Date;
  @Column('uuid', { nullable: true }) lease_owner!: string | null;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) lease_until!: Date | null;
  @Column('varchar', { length: 255, nullable: true }) receipt!: string | null;
  @Column('text', { nullable: true }) error!: string | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) finished_at!: Date | null;
}
