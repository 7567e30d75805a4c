import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  'var(--accent-soft)',
  'var(--accent-soft)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent)',
  'var(--accent-fill)',
  'var(--accent-fill)',
  'var(--accent-fill)',
  'var(--accent-fill)',
]

// Mantine paints its controls from these two scales, the one in dark schemes, the other in light ones.
const dark: MantineColorsTuple = [
  'var(--text)',
  'var(--text)',
  'var(--text-dim)',
  'var(--text-dim)',
  'var(--line-strong)',
  'var(--accent-soft)',
  'var(--surface-2)',
  'var(--surface-1)',
  'var(--surface-0)',
  'var(--surface-0)',
]
const gray: MantineColorsTuple = [
  'var(--surface-0)',
  'var(--surface-2)',
  'var(--line)',
  'var(--line)',
  'var(--line-strong)',
  'var(--text-dim)',
  'var(--text-dim)',
  'var(--text)',
  'var(--text)',
  'var(--text-strong)',
]

/** Mantine with the house's type, spacing and motion; its colours all come from theme.css. */
export const mantineTheme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent, dark, gray },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    InputWrapper: { styles: { label: { fontSize: 13 }, description: { fontSize: 12 } } },
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false, checkIconPosition: 'right' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    SegmentedControl: {
      defaultProps: { size: 'xs', transitionDuration: 0 },
      styles: {
        root: { background: 'var(--surface-0)' },
        indicator: { background: 'var(--accent-soft)', boxShadow: 'inset 0 0 0 1px var(--accent)' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 120 }, withArrow: false } },
    Popover: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'none' } },
    Menu: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'none' } },
    Modal: { defaultProps: { transitionProps: { duration: 120, transition: 'fade' }, shadow: 'none' } },
  },
})

const colours = {
  '--mantine-color-body': 'var(--surface-1)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-bright': 'var(--text-strong)',
  '--mantine-color-dimmed': 'var(--text-dim)',
  '--mantine-color-placeholder': 'var(--text-dim)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--danger)',
  '--mantine-color-default': 'var(--surface-1)',
  '--mantine-color-default-hover': 'var(--surface-2)',
  '--mantine-color-default-color': 'var(--text-strong)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-gray-text': 'var(--text)',
  '--mantine-color-gray-light-color': 'var(--text)',
  '--mantine-color-gray-light-hover': 'var(--surface-2)',
  '--mantine-color-disabled': 'var(--surface-2)',
  '--mantine-color-disabled-color': 'var(--text-dim)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-primary-color-contrast': 'var(--on-fill)',
  '--mantine-color-accent-text': 'var(--accent)',
  '--mantine-color-accent-filled': 'var(--accent-fill)',
  '--mantine-color-accent-filled-hover': 'var(--accent-fill)',
  '--mantine-color-accent-light': 'var(--accent-soft)',
  '--mantine-color-accent-light-hover': 'var(--accent-soft)',
  '--mantine-color-accent-light-color': 'var(--accent)',
  '--mantine-color-accent-outline': 'var(--accent)',
}

/** Points Mantine's own colour variables at ours, the same for each of its two schemes. */
export const mantineColours: CSSVariablesResolver = () => ({ variables: {}, dark: colours, light: colours })
