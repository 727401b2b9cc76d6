import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { ContentPart, ThinkingBlock, ToolCall } from '#contracts';
import { asNumber } from '../bigint-column.js';
import { SessionEntity } from './session.entity.js';

/** One row of a transcript. Written once, never changed. */
@Entity('session_messages')
export class SessionMessageEntity {
  @PrimaryColumn('uuid') session_id!: string;
  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'session_messages_session_id_fkey' })
  session?: SessionEntity;
  @PrimaryColumn({ type: 'bigint', transformer: asNumber }) seq!: number;
  @Column('uuid') id!: string;
  @Column('varchar', { length: 20 }) role!: 'user' | 'assistant' | 'tool';
  @Column('jsonb') content!: ContentPart[];
  /** A line that the model reads before the user's text; stored with it, so that the prompt never changes. */
  @Column('text', { nullable: true }) context!: string | null;
  @Column('jsonb', { nullable: true }) thinking!: ThinkingBlock[] | null;
  @Column('jsonb', { nullable: true }) tool_calls!: ToolCall[] | null;
  @Column('varchar', { length: 200, nullable: true }) tool_call_id!: string | null;
  @Column('varchar', { length: 200, nullable: true }) tool_name!: string | null;
  @Column('boolean', { nullable: true }) is_error!: boolean | null;
  @Column('uuid', { nullable: true }) run_id!: string | null;
  @Column('int', { default: 0 }) tokens!: number;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
}
