// Writes the TypeScript side of the kernels from their AssemblyScript sources, as the compiler has read them:
// every exported enum, the interface of every exported function, and callers that take arguments by name.

/** What AssemblyScript's types are to a caller in TypeScript. */
const types = { usize: 'number', i32: 'number', f32: 'number', f64: 'number', bool: 'boolean', void: 'void' };

/** A transform of the AssemblyScript compiler that hands the program, once it is read, to `use`. */
export const readProgram = (use) => ({ afterInitialize: use });

/**
 * @param program of the AssemblyScript compiler
 * @param entry the file whose exports the compiled module has
 * @param origin the first line
 */
export function writeInterface(program, entry, origin) {
  const enums = enumsOf(program, entry);
  const kernels = [...program.filesByName.get(entry).exports].map(([name, element]) =>
    kernelOf(name, element),
  );
  const known = [...Object.keys(types), ...enums.map(({ name }) => name.text)];
  for (const { name, parameters, result } of kernels) {
    const unknown = [...parameters, { type: result }].find(({ type }) => !known.includes(type));
    if (unknown !== undefined) throw new Error(`${name}: type ${unknown.type} cannot pass to TypeScript.`);
  }
  const aliases = Object.entries(types).filter(([name, type]) => name !== type);
  return [
    origin,
    '',
    ...aliases.map(([name, type]) => `type ${name} = ${type};`),
    '',
    ...enums.flatMap(enumLines),
    '/** The functions of the compiled module. A `usize` is an address in its memory, or a number of bytes. */',
    'export interface Kernels {',
    ...kernels.map(memberText),
    '}',
    '',
    'type Exported = (...values: (number | boolean)[]) => number;',
    '',
    '/** @param exports of an instance of the module */',
    'export function namedKernels(exports: WebAssembly.Exports): Kernels {',
    '  const exported = exports as unknown as Readonly<Record<keyof Kernels, Exported>>;',
    '  return {',
    ...kernels.map(callerText),
    '  };',
    '}',
    '',
  ].join('\n');
}

function kernelOf(name, { declaration }) {
  const { parameters, returnType } = declaration.signature;
  return {
    name,
    doc: docOf(declaration),
    parameters: parameters.map((parameter) => ({ name: parameter.name.text, type: textOf(parameter.type) })),
    result: textOf(returnType),
  };
}

function memberText({ name, doc, parameters, result }) {
  const fields = parameters.map((parameter) => `    readonly ${parameter.name}: ${parameter.type};\n`);
  const argument = fields.length === 0 ? '' : `named: {\n${fields.join('')}  }`;
  return `${doc.replace(/^(?=.)/gm, '  ')}  ${name}(${argument}): ${result};`;
}

function callerText({ name, parameters }) {
  const names = parameters.map((parameter) => parameter.name).join(', ');
  return `    ${name}: (${names && `{ ${names} }`}) => exported.${name}(${names}),`;
}

/** The exported enums of all files beside `entry`. */
function enumsOf(program, entry) {
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  return [...program.filesByName]
    .filter(([file]) => file.startsWith(folder))
    .flatMap(([, { exports }]) => [...(exports?.values() ?? [])])
    .map(({ declaration }) => declaration)
    .filter(({ values }) => values !== undefined);
}

/** A constant with the number of each name, and the type of these numbers. */
function enumLines(declaration) {
  const name = declaration.name.text;
  const members = declaration.values.map((member, number) => {
    if (member.initializer !== null) throw new Error(`${name}.${member.name.text}: enums count from 0 here.`);
    return `${member.name.text}: ${number}`;
  });
  return [
    `${docOf(declaration)}export const ${name} = { ${members.join(', ')} } as const;`,
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    '',
  ];
}

/** The doc comment that stands right before a declaration, with its line break, or nothing. */
function docOf({ range }) {
  const before = range.source.text.slice(0, range.start);
  return /\/\*\*(?:[^*]|\*(?!\/))*\*\/\n$/.exec(before)?.[0] ?? '';
}

function textOf({ range }) {
  return range.source.text.slice(range.start, range.end);
}
