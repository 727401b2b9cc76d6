import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A message of a chat platform, kept before the platform is told that it arrived. */
@Entity('inbound_messages')
export class InboundMessageEntity {
  @PrimaryColumn('uuid') id!: string;
  /** Order of arrival. */
  @Column({ type: 'bigint', insert: false, update: false }) position!: string;
  @Column('varchar', { length: 100 }) channel!: string;
  @Column('varchar', { length: 255 }) platform_message_id!: string;
  @Column('varchar', { length: 255 }) chat_id!: string;
  @Column('varchar', { length: 255 }) sender_id!: string;
  @Column('jsonb') message!: Record<string, unknown>;
  @Column('varchar', { length: 20, default: 'pending' }) state!: 'pending' | 'accepted' | 'rejected';
  @Column('uuid', { nullable: true }) run_id!: string | null;
  @Column('int', { default: 0 }) attempts!: number;
  @Column('text', { nullable: true }) error!: string | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) received_at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) processed_at!: Date | null;
}
