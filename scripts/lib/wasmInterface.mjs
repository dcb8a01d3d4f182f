// Writes the TypeScript side of the kernels from their AssemblyScript sources, as the compiler has read them:
// the interface of every exported function, a caller that takes its arguments by name, and every exported enum.

/** A transform of the AssemblyScript compiler that hands the program, once it is read, to `use`. */
export const readProgram = (use) => ({ afterInitialize: use });

/**
 * @param program of the AssemblyScript compiler
 * @param entry the file whose exports the compiled module has
 * @param origin for the first line
 */
export function writeInterface(program, entry, origin) {
  const kernels = [...program.filesByName.get(entry).exports].map(([name, { declaration }]) => ({
    name,
    doc: docOf(declaration),
    parameters: declaration.signature.parameters.map((parameter) => ({
      name: parameter.name.text,
      type: textOf(parameter.type),
    })),
    result: textOf(declaration.signature.returnType),
  }));
  return `${[origin, numberTypes, ...enumsOf(program, entry).map(enumText), interfaceText(kernels), callersText(kernels)].join('\n\n')}\n`;
}

const numberTypes = `/** A byte offset into the module's memory, or a number of bytes. */
type usize = number;
type i32 = number;
type f32 = number;
type f64 = number;
type bool = boolean;`;

function interfaceText(kernels) {
  const members = kernels.map(({ name, doc, parameters, result }) => {
    const fields = parameters.map((parameter) => `    readonly ${parameter.name}: ${parameter.type};\n`);
    return `${indent(doc)}  ${name}(${fields.length === 0 ? '' : `named: {\n${fields.join('')}  }`}): ${result};`;
  });
  return `/** The functions of the compiled module. */\nexport interface Kernels {\n${members.join('\n')}\n}`;
}

function callersText(kernels) {
  const callers = kernels.map(({ name, parameters }) => {
    const names = parameters.map((parameter) => parameter.name).join(', ');
    const call = `exported.${name}(${names})`;
    return `    ${name}: (${names === '' ? '' : `{ ${names} }`}) => ${call},`;
  });
  return `type Exported = (...values: (number | boolean)[]) => number;

/** @param exports of an instance of the module */
export function namedKernels(exports: WebAssembly.Exports): Kernels {
  const exported = exports as unknown as Readonly<Record<keyof Kernels, Exported>>;
  return {
${callers.join('\n')}
  };
}`;
}

/** The exported enums of all files in the folder of `entry`. Their members count from 0, as in TypeScript. */
function enumsOf(program, entry) {
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  return [...program.filesByName]
    .filter(([name]) => name.startsWith(folder))
    .flatMap(([, file]) => [...(file.exports?.values() ?? [])])
    .map(({ declaration }) => declaration)
    .filter(({ values }) => values !== undefined);
}

function enumText(declaration) {
  const members = declaration.values.map(({ name, initializer }, value) => {
    if (initializer !== null) throw new Error(`${declaration.name.text}: members of an enum count from 0.`);
    return `${name.text}: ${value}`;
  });
  const name = declaration.name.text;
  return `${docOf(declaration)}export const ${name} = { ${members.join(', ')} } as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];`;
}

/** The doc comment right before a declaration, with its line break, or nothing. */
function docOf({ range }) {
  const before = range.source.text.slice(0, range.start);
  const found = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\n$/.exec(before);
  return found === null ? '' : found[0];
}

function textOf({ range }) {
  return range.source.text.slice(range.start, range.end);
}

function indent(text) {
  return text.replace(/^(?=.)/gm, '  ');
}
