import type { Instrument } from '#shared/domain/instrument.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { formatDecimal, placesOf } from './format.ts'

/** Formats of one instrument: its price and quantity steps, its quote currency. */
export function precision(instruments: readonly Instrument[], id: string) {
  const instrument = instruments.find((each) => each.id === id)
  const pricePlaces = placesOf(instrument?.priceStep ?? '0.01')
  const quantityPlaces = placesOf(instrument?.quantityStep ?? '0.00000001')
  return {
    currency: instrument?.quote ?? id.split('/')[1] ?? '',
    price: (value: Decimal | null) => formatDecimal(value, { places: pricePlaces }),
    quantity: (value: Decimal | null, signed = false) => formatDecimal(value, { places: quantityPlaces, signed }),
  }
}
