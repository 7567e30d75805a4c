/** SHA-256 of a text, in lower-case hexadecimal. */
export type Sha256 = (text: string) => string
