/** The screens there are, in the order of the navigation. */
export const places = [
  { to: '/desk', title: 'Desk' },
  { to: '/plans', title: 'Plans' },
  { to: '/reviews', title: 'Review' },
  { to: '/runs', title: 'Runs' },
  { to: '/orders', title: 'Orders' },
  { to: '/risk', title: 'Risk' },
  { to: '/portfolio', title: 'Portfolio' },
  { to: '/conversations', title: 'Conversations' },
  { to: '/journal', title: 'Journal' },
  { to: '/agents', title: 'Agents' },
  { to: '/settings', title: 'Settings' },
] as const
