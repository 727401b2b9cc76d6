import ts from 'typescript';

const SWAGGER = '@nestjs/swagger';

/**
 * Plugin of `nest build`, behind the one of `@nestjs/swagger`: that one makes every DTO import the whole of Swagger
 * without using it, and a start would load hundreds of modules for nothing. An import that is used stays.
 * @returns {ts.TransformerFactory<ts.SourceFile>}
 */
export function before() {
  return (context) => (file) => {
    const statements = file.statements.filter((statement) => !isUnusedSwagger(statement, file));
    return statements.length === file.statements.length
      ? file
      : context.factory.updateSourceFile(file, statements);
  };
}

/**
 * @param {ts.Statement} statement
 * @param {ts.SourceFile} file
 * @returns {boolean}
 */
function isUnusedSwagger(statement, file) {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return false;
  const names = statement.importClause?.namedBindings;
  if (statement.moduleSpecifier.text !== SWAGGER || !names || !ts.isNamespaceImport(names)) return false;
  return !isUsed(file, names.name.text);
}

/**
 * Whether something of the namespace is asked for: `<name>.<member>`.
 * @param {ts.Node} node
 * @param {string} name
 * @returns {boolean}
 */
function isUsed(node, name) {
  const owner = ts.isPropertyAccessExpression(node) ? node.expression : undefined;
  if (owner && ts.isIdentifier(owner) && owner.text === name) return true;
  return ts.forEachChild(node, (child) => isUsed(child, name) || undefined) === true;
}
