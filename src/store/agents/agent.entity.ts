import { Column, CreateDateColumn, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** Settings of an agent that have no column of their own. */
export interface AgentOtherConfig {
  max_tokens?: number;
  temperature?: number;
  thinking_budget_tokens?: number;
  run_timeout_sec?: number;
  /** `provider/model`, most wanted first. */
  fallbacks?: string[];
  identity?: { name?: string; emoji?: string; avatar?: string; description?: string };
}

@Entity('agents')
export class AgentEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('varchar', { length: 100 }) agent_key!: string;
  @Column('varchar', { length: 255, nullable: true }) display_name!: string | null;
  @Column('varchar', { length: 255 }) owner_id!: string;
  @Column('varchar', { length: 50 }) provider!: string;
  @Column('varchar', { length: 200 }) model!: string;
  @Column('int', { default: 200_000 }) context_window!: number;
  @Column('int', { default: 20 }) max_tool_iterations!: number;
  @Column('text', { default: '.' }) workspace!: string;
  @Column('boolean', { default: true }) restrict_to_workspace!: boolean;
  @Column('jsonb', { default: {} }) tools_config!: Record<string, unknown>;
  @Column('jsonb', { nullable: true }) sandbox_config!: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) subagents_config!: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) memory_config!: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) compaction_config!: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) context_pruning!: Record<string, unknown> | null;
  @Column('jsonb', { default: {} }) other_config!: AgentOtherConfig;
  @Column('boolean', { default: false }) is_default!: boolean;
  @Column('varchar', { length: 20, default: 'open' }) agent_type!: string;
  @Column('varchar', { length: 20, default: 'active' }) status!: string;
  /** Its ETag: every change raises it. */
  @Column('int', { default: 1 }) version!: number;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) created_at!: Date;
  @UpdateDateColumn({ type: 'timestamptz', precision: 3 }) updated_at!: Date;
  @DeleteDateColumn({ type: 'timestamptz', precision: 3 }) deleted_at!: Date | null;
}
