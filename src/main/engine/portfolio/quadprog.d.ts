declare module 'quadprog' {
  /** Minimises b'Db / 2 - d'b subject to A'b >= b0, the first `equalities` of them as equalities; arrays are 1-based. */
  export function solveQP(
    D: number[][],
    d: number[],
    A: number[][],
    b0: number[],
    equalities?: number,
  ): { readonly solution: number[]; readonly message: string }
}
