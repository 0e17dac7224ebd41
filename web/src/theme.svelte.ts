// Light, dark, or as the device asks.

export type Theme = 'system' | 'light' | 'dark'
const KEPT = 'quantrac.theme'

class Look {
  theme = $state<Theme>(read())
}
export const look = new Look()

function read(): Theme {
  const kept = localStorage.getItem(KEPT)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function setTheme(theme: Theme): void {
  look.theme = theme
  localStorage.setItem(KEPT, theme)
  applyTheme()
}

export function applyTheme(): void {
  if (look.theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = look.theme
}
