/** One line of an export. */
export class ExportLineDto {
  /** The table that the row is of; `workspace_files`; `export` for the first and the last line. */
  table!: string;
  row!: Record<string, unknown>;
}
