declare module 'jstat' {
  interface Normal {
    inv(probability: number, mean: number, deviation: number): number
    cdf(value: number, mean: number, deviation: number): number
  }
  interface Student {
    inv(probability: number, degreesOfFreedom: number): number
  }
  interface Beta {
    inv(probability: number, alpha: number, beta: number): number
  }
  const jstat: { readonly normal: Normal; readonly studentt: Student; readonly beta: Beta }
  export default jstat
}
