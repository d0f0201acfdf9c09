// Mantine's theme: palette, radii, breakpoints and the sizes its parts take where a page says nothing. Colours by role
// are in tokens.css; mantine.css ties them to Mantine's own variables.
import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';

const petrol: MantineColorsTuple = [
  '#e3eef1', '#c6dce2', '#9fc3cc', '#74a9b7', '#4b8da0', '#2c7489', '#1b6679', '#145767', '#0f4c5c', '#0b3a47',
];
const gray: MantineColorsTuple = [
  '#f4f6f6', '#eaeded', '#dadfe0', '#c6cdcf', '#a5afb2', '#7d888c', '#5a666a', '#414b4f', '#283033', '#14191b',
];
const dark: MantineColorsTuple = [
  '#e9edee', '#b7c2c5', '#98a5a9', '#76858a', '#2b3437', '#232b2e', '#1d2427', '#161b1d', '#0f1314', '#0a0d0e',
];
const red: MantineColorsTuple = [
  '#fbe8e6', '#f3cbc8', '#ffa69f', '#dd7f79', '#cd5751', '#c43c38', '#b3322e', '#a82826', '#a31f1f', '#861717',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 8, dark: 6 },
  colors: { petrol, gray, dark, red },
  white: '#ffffff',
  black: '#14191b',
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--sans)', fontWeight: '600' },
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '28px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '1.333', sm: '1.385', md: '1.43', lg: '1.5', xl: '1.45' },
  breakpoints: { xs: '30em', sm: '48em', md: '60em', lg: '75em', xl: '90em' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, rightSection: <IconChevronDown size={16} stroke={1.7} /> } },
    Checkbox: { defaultProps: { size: 'sm', radius: 'xs' } },
    // Inside a dialog a heading is no banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Modal: { defaultProps: { radius: 'lg', centered: true, transitionProps: { transition: 'fade', duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 120 } } },
  },
});
