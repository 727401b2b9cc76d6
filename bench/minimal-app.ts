/**
 * What P6 compares with: the least that a Nest application on Fastify and TypeORM is, with one table and one route,
 * on the database of `MINIMAL_DSN` or an embedded one in `MINIMAL_DATA_DIR`.
 */
/* oxlint-disable max-classes-per-file -- an application whose size is its point */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('minimal_notes')
class Note {
  @PrimaryGeneratedColumn() declare id: number;
  @Column('text') declare text: string;
}

@Controller()
class HealthController {
  constructor(private readonly source: DataSource) {}

  @Get('health')
  async health(): Promise<object> {
    return { status: 'ok', notes: await this.source.getRepository(Note).count() };
  }
}

const { MINIMAL_DSN: dsn, MINIMAL_DATA_DIR: dataDir } = process.env;
const { connection, release } = dsn === undefined ? await embedded(dataDir ?? '') : server(dsn);
const source = await new DataSource({
  type: 'postgres',
  entities: [Note],
  synchronize: true,
  installExtensions: false,
  ...connection,
}).initialize();

@Module({ controllers: [HealthController], providers: [{ provide: DataSource, useValue: source }] })
class MinimalModule {}

const app = await NestFactory.create<NestFastifyApplication>(MinimalModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(0, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  await app.close();
  await source.destroy();
  await release();
  process.exit(0);
}

interface Connection {
  readonly connection: object;
  readonly release: () => Promise<void>;
}

function server(url: string): Connection {
  return { connection: { url }, release: () => Promise.resolve() };
}

async function embedded(directory: string): Promise<Connection> {
  const [{ PGlite }, { createPgConfig }, { vector }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite/node-postgres'),
    import('@electric-sql/pglite-pgvector'),
  ]);
  const db = await PGlite.create(directory, { extensions: { vector } });
  await db.exec('CREATE EXTENSION IF NOT EXISTS vector');
  return { connection: { extra: Object.assign(createPgConfig(db), { max: 1 }) }, release: () => db.close() };
}
