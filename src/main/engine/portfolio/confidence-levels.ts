/**
 * The part of all bars that value at risk covers, and beyond which expected shortfall averages, unless another is asked for:
 * what the gate, the risk seat and the Risk screen measure a day by.
 */
export const usualConfidence = 0.95

/** The part that the expected shortfall of the whole portfolio leaves out, over ten days: the level of the Basel rules for market risk. */
export const portfolioConfidence = 0.975
