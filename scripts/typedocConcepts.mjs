import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

const names = { core: 'Basics', contracts: 'Contracts', ops: 'Operations', visualize: 'Pictures' };

/**
 * A typedoc plugin. The folder that declares a name is the concept that it stands under, and every property
 * of a class or an interface is documented (typedoc's own check also asks it of each literal inside a type).
 */
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
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const property of project.getReflectionsByKind(ReflectionKind.Property)) {
      const owned = property.parent?.kindOf(ReflectionKind.ClassOrInterface) && !property.flags.isExternal;
      if (owned && !property.hasComment())
        app.logger.warn(`${property.getFriendlyFullName()} has no documentation`);
    }
  });
}

function categorize(context, reflection) {
  const source =
    context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName ?? '';
  const folder = /[\\/]src[\\/](\w+)[\\/]/.exec(source)?.[1];
  if (folder === undefined) return;
  const text = names[folder] ?? folder[0].toUpperCase() + folder.slice(1);
  for (const documented of [reflection, ...(reflection.signatures ?? [])]) {
    if (!(documented.comment instanceof Comment) || documented.comment.getTag('@category')) continue;
    documented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text }]));
  }
}
