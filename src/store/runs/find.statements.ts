import { statement } from '../database/statement.js';

export const FIND = statement('runs.find', `SELECT * FROM runs WHERE id = $1 AND user_id = $2`);

export const READ = statement('runs.read', `SELECT * FROM runs WHERE id = $1`);

export const FIND_BY_KEY = statement(
  'runs.find-by-key',
  `SELECT * FROM runs WHERE user_id = $1 AND operation = $2 AND idempotency_key = $3`,
);
