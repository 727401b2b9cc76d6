import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('spans')
export class SpanEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') trace_id!: string;
  @Column('uuid', { nullable: true }) parent_span_id!: string | null;
  @Column('uuid', { nullable: true }) agent_id!: string | null;
  @Column('varchar', { length: 20 }) span_type!: 'agent' | 'llm_call' | 'tool_call';
  @Column('text', { nullable: true }) name!: string | null;
  @Column({ type: 'timestamptz', precision: 3 }) start_time!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) end_time!: Date | null;
  @Column('int', { nullable: true }) duration_ms!: number | null;
  @Column('varchar', { length: 20 }) status!: 'completed' | 'error';
  @Column('text', { nullable: true }) error!: string | null;
  @Column('varchar', { length: 10, default: 'DEFAULT' }) level!: string;
  @Column('varchar', { length: 200, nullable: true }) model!: string | null;
  @Column('varchar', { length: 50, nullable: true }) provider!: string | null;
  @Column('int', { nullable: true }) input_tokens!: number | null;
  @Column('int', { nullable: true }) output_tokens!: number | null;
  @Column('int', { nullable: true }) cached_tokens!: number | null;
  @Column('numeric', { precision: 12, scale: 8, nullable: true }) total_cost!: string | null;
  @Column('varchar', { length: 50, nullable: true }) finish_reason!: string | null;
  @Column('jsonb', { nullable: true }) model_params!: Record<string, unknown> | null;
  @Column('varchar', { length: 200, nullable: true }) tool_name!: string | null;
  @Column('varchar', { length: 200, nullable: true }) tool_call_id!: string | null;
  @Column('text', { nullable: true }) input_preview!: string | null;
  @Column('text', { nullable: true }) output_preview!: string | null;
  @Column('jsonb', { nullable: true }) metadata!: Record<string, unknown> | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
}
