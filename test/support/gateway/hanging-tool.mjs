// Imported before the built program: its tool `list_files` never answers, and cannot be stopped.
import { ListFilesTool } from '../../../dist/src/tools/fs/list-files.tool.js';

ListFilesTool.prototype.execute = () => new Promise(() => undefined);
