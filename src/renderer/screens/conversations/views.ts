/** What the screen can show: what was said, or what is remembered. */
export const conversationViews = ['said', 'memory'] as const
