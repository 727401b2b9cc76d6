import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { asNumber } from '../bigint-column.js';

const counter = { type: 'bigint', transformer: asNumber } as const;

/**
 * One conversation of one owner. Sequence numbers point into its transcript:
 * `start_seq` ≤ `window_start_seq` ≤ `next_seq`.
 */
@Entity('sessions')
export class SessionEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('varchar', { length: 500 }) session_key!: string;
  @Column('uuid') agent_id!: string;
  /** The owner. */
  @Column('varchar', { length: 255 }) user_id!: string;
  @Column('varchar', { length: 255, nullable: true }) tenant!: string | null;
  @Column('varchar', { length: 500, nullable: true }) label!: string | null;
  /** Chosen for this session; wins over the agent's. */
  @Column('varchar', { length: 200, nullable: true }) model_override!: string | null;
  /** That answered last. */
  @Column('varchar', { length: 200, nullable: true }) model!: string | null;
  @Column('varchar', { length: 50, nullable: true }) provider!: string | null;
  @Column('varchar', { length: 50, nullable: true }) channel!: string | null;
  /** What came before the window, in short. */
  @Column('text', { nullable: true }) summary!: string | null;
  /** Sequence number of the next message. */
  @Column({ ...counter, default: 1 }) next_seq!: number;
  /** Where the conversation begins since its last reset. */
  @Column({ ...counter, default: 1 }) start_seq!: number;
  /** Where the model's view begins. */
  @Column({ ...counter, default: 1 }) window_start_seq!: number;
  /** Pruning decisions: tool results before these are shortened, or cleared. */
  @Column({ ...counter, default: 0 }) soft_trim_before!: number;
  @Column({ ...counter, default: 0 }) hard_clear_before!: number;
  @Column('int', { default: 0 }) compaction_count!: number;
  @Column({ ...counter, default: 0 }) input_tokens!: number;
  @Column({ ...counter, default: 0 }) output_tokens!: number;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @UpdateDateColumn({ type: 'timestamptz', precision: 3 }) updated_at!: Date;
}
