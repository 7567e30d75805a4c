import type { TradingState } from '#shared/domain/trading-state.ts'

const colours: Readonly<Record<TradingState, readonly [red: number, green: number, blue: number]>> = {
  ACTIVE: [38, 166, 154],
  REDUCING: [230, 168, 23],
  HALTED: [214, 48, 49],
}

/**
 * The trading state as a picture that is told apart without colour (EL-4): a disc is ACTIVE, a triangle on its tip is
 * REDUCING, a square is HALTED. BGRA, premultiplied, `size` by `size` pixels.
 */
export function drawState(state: TradingState, size: number): Uint8Array {
  const [red, green, blue] = colours[state]
  const pixels = new Uint8Array(size * size * 4)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = ((column + 0.5) / size) * 2 - 1
      const y = ((row + 0.5) / size) * 2 - 1
      if (inside(state, x, y)) pixels.set([blue, green, red, 255], (row * size + column) * 4)
    }
  }
  return pixels
}

// x and y run from -1 to 1, y downwards.
function inside(state: TradingState, x: number, y: number): boolean {
  switch (state) {
    case 'ACTIVE':
      return x * x + y * y <= 0.81
    case 'REDUCING':
      return Math.abs(y) <= 0.8 && Math.abs(x) <= (0.8 - y) / 1.6
    case 'HALTED':
      return Math.abs(x) <= 0.75 && Math.abs(y) <= 0.75
  }
}
