declare module 'jstat' {
  interface Normal {
    inv(probability: number, mean: number, deviation: number): number
    cdf(value: number, mean: number, deviation: number): number
  }
  interface Student {
    inv(probability: number, degreesOfFreedom: number): number
  }
  const jstat: { readonly normal: Normal; readonly studentt: Student }
  export default jstat
}
