import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One row of a run's log; a row of text may hold several events (see `RunEventRow`). */
@Entity('run_events')
export class RunEventEntity {
  @PrimaryColumn('uuid') run_id!: string;
  @PrimaryColumn('int') attempt!: number;
  @PrimaryColumn('int') seq!: number;
  @Column('varchar', { length: 30 }) type!: string;
  @Column('jsonb', { nullable: true }) payload!: Record<string, unknown> | null;
  @CreateDateColumn({ type: 'timestamptz', precision: 3 }) at!: Date;
}
