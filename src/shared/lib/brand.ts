declare const brand: unique symbol

/** A type that is told apart from its base by name alone: Brand<string, 'OrderId'> is a string, not any string. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
