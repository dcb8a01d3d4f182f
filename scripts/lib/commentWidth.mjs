/** An eslint rule: no comment is wider than the code, to which alone prettier holds its `printWidth`. */
export const commentWidth = {
  meta: {
    type: 'layout',
    schema: [{ type: 'integer', minimum: 40 }],
    messages: { long: 'This comment reaches column {{ width }}; wrap it at {{ most }}.' },
  },
  create({ sourceCode, options: [most], report }) {
    return {
      Program() {
        const lines = new Set(
          sourceCode
            .getAllComments()
            .flatMap(({ loc: { start, end } }) =>
              Array.from({ length: end.line - start.line + 1 }, (_, at) => start.line + at),
            ),
        );
        for (const line of lines) {
          const text = sourceCode.lines[line - 1];
          const width = [...text].length;
          // An address cannot be wrapped; a line that prettier is to leave alone is code.
          if (width <= most || /https?:\/\/\S{60}|prettier-ignore/.test(text)) continue;
          report({ loc: { line, column: most }, messageId: 'long', data: { width, most } });
        }
      },
    };
  },
};
