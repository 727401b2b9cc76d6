import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('traces')
export class TraceEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { nullable: true }) agent_id!: string | null;
  @Column('varchar', { length: 255, nullable: true }) user_id!: string | null;
  @Column('text', { nullable: true }) session_key!: string | null;
  @Column('uuid', { nullable: true }) run_id!: string | null;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('varchar', { length: 50, nullable: true }) channel!: string | null;
  @Column({ type: 'timestamptz', precision: 3 }) start_time!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) end_time!: Date | null;
  @Column('int', { nullable: true }) duration_ms!: number | null;
  @Column('text', { nullable: true }) input_preview!: string | null;
  @Column('text', { nullable: true }) output_preview!: string | null;
  @Column('int', { default: 0 }) total_input_tokens!: number;
  @Column('int', { default: 0 }) total_output_tokens!: number;
  @Column('numeric', { precision: 12, scale: 6, default: 0 }) total_cost!: string;
  @Column('int', { default: 0 }) span_count!: number;
  @Column('int', { default: 0 }) llm_call_count!: number;
  @Column('int', { default: 0 }) tool_call_count!: number;
  @Column('varchar', { length: 20, default: 'running' }) status!: 'running' | 'completed' | 'error';
  @Column('text', { nullable: true }) error!: string | null;
  @Column('jsonb', { nullable: true }) metadata!: Record<string, unknown> | null;
  @Column('text', { array: true, nullable: true }) tags!: string[] | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
}
