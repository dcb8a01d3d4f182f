import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * What entry points export: each name with its declaration, without comments, without members that are not
 * public, without what is `@internal`.
 *
 * Every file declares its types by itself (`isolatedDeclarations`). So this needs neither a build nor the
 * type checker.
 *
 * @param entries paths of files that only re-export, by the name of the entry point
 * @returns for each entry point `exported`, and `hidden`: what it does not export though a declaration names
 * it. Both are lists of `{ name, text }`, sorted by name
 */
export function apiReport(entries) {
  const exported = Object.entries(entries).map(([entry, path]) => [entry, reExports(path)]);
  const isPublic = new Set(exported.flatMap(([, list]) => list.map(({ file, name }) => `${file} ${name}`)));
  return Object.fromEntries(
    exported.map(([entry, list]) => {
      const names = list
        .map(({ file, name, as }) => [as, declarationOf(file, name)])
        .filter(([, declaration]) => declaration !== null);
      const hidden = new Map();
      const waiting = names.flatMap(([, { references }]) => references);
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const id = `${next.file} ${next.name}`;
        if (isPublic.has(id) || hidden.has(id)) continue;
        const declaration = declarationOf(next.file, next.name);
        if (declaration === null) continue;
        hidden.set(id, [next.name, declaration]);
        waiting.push(...declaration.references);
      }
      return [entry, { exported: sorted(names), hidden: sorted([...hidden.values()]) }];
    }),
  );
}

function sorted(declarations) {
  const order = declarations.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return order.map(([name, { text }]) => ({ name, text }));
}

/** What the lines `export { a, type B } from './file.js'` of a file name. */
function reExports(path) {
  return parse(path, readFileSync(path, 'utf8')).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !statement.moduleSpecifier)
      throw new Error(`${path}: an entry point is a list of named re-exports and nothing else.`);
    const file = resolve(path, statement.moduleSpecifier.text);
    return statement.exportClause.elements.map(({ name, propertyName }) => ({
      file,
      name: (propertyName ?? name).text,
      as: name.text,
    }));
  });
}

function resolve(from, specifier) {
  return join(dirname(from), specifier.replace(/\.js$/, '.ts'));
}

function parse(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

const modules = new Map();

/** The declarations of a file as the compiler writes them, and where its imports come from. */
function moduleOf(path) {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const { outputText } = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions: { stripInternal: true, removeComments: true, target: ts.ScriptTarget.ES2022 },
  });
  const { statements } = parse(path, outputText);
  const module = { statements, imports: new Map() };
  for (const statement of statements.filter(ts.isImportDeclaration)) {
    const specifier = statement.moduleSpecifier.text;
    const bindings = statement.importClause?.namedBindings;
    if (!specifier.startsWith('.') || bindings === undefined || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements)
      module.imports.set(name.text, { file: resolve(path, specifier), name: (propertyName ?? name).text });
  }
  modules.set(path, module);
  return module;
}

/**
 * The text of a declaration, all overloads of a function included, and what of this package it names; `null`
 * for what is `@internal`.
 */
function declarationOf(path, name) {
  const { statements, imports } = moduleOf(path);
  const own = statements.filter((statement) => namesOf(statement).includes(name));
  if (own.length === 0) return null;
  const isLocal = (word) => statements.some((statement) => namesOf(statement).includes(word));
  const references = [];
  const look = (node) => {
    const isReference = ts.isIdentifier(node) && node.parent.name !== node && node.text !== name;
    if (isReference && imports.has(node.text)) references.push(imports.get(node.text));
    else if (isReference && isLocal(node.text)) references.push({ file: path, name: node.text });
    ts.forEachChild(node, look);
  };
  const shown = own.map(publicMembers);
  for (const statement of shown) look(statement);
  const printer = ts.createPrinter({ removeComments: true });
  const print = (statement) => printer.printNode(ts.EmitHint.Unspecified, statement, own[0].getSourceFile());
  return {
    text: shown
      .map(print)
      .join('\n')
      .replaceAll(/^export declare /gm, 'export '),
    references,
  };
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.text);
  return statement.name === undefined ? [] : [statement.name.text];
}

/** Private and protected members are nobody's business; that a class cannot be constructed is everybody's. */
function publicMembers(statement) {
  if (!ts.isClassDeclaration(statement)) return statement;
  const hasModifier = ({ modifiers }, kind) => modifiers?.some((modifier) => modifier.kind === kind) === true;
  const members = statement.members.filter((member) => {
    if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return false;
    if (hasModifier(member, ts.SyntaxKind.ProtectedKeyword)) return false;
    return ts.isConstructorDeclaration(member) || !hasModifier(member, ts.SyntaxKind.PrivateKeyword);
  });
  const { modifiers, name, typeParameters, heritageClauses } = statement;
  return ts.factory.updateClassDeclaration(
    statement,
    modifiers,
    name,
    typeParameters,
    heritageClauses,
    members,
  );
}
