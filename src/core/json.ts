/** What survives `JSON.stringify` and `JSON.parse` unchanged. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A plain object of {@link JsonValue}s. */
export type JsonObject = { readonly [key: string]: JsonValue };
