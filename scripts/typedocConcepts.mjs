import { Converter, CommentTag, ReflectionKind } from 'typedoc';

const names = { core: 'Basics', contracts: 'Contracts', ops: 'Operations' };

/** A typedoc plugin: the folder that declares a name is the concept that it stands under. */
export function load(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    (context) => {
      for (const reflection of context.project.getReflectionsByKind(ReflectionKind.SomeExport)) {
        if (reflection.parent?.kindOf(ReflectionKind.Module | ReflectionKind.Project))
          categorize(context, reflection);
      }
    },
    // Before typedoc sorts by category.
    1000,
  );
}

function categorize(context, reflection) {
  const source =
    context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName ?? '';
  const folder = /[\\/]src[\\/](\w+)[\\/]/.exec(source)?.[1];
  if (folder === undefined) return;
  const category = names[folder] ?? folder[0].toUpperCase() + folder.slice(1);
  for (const documented of [reflection, ...(reflection.signatures ?? [])]) {
    if (documented.comment === undefined || documented.comment.getTag('@category')) continue;
    documented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
  }
}
