/** Light, dark, or as the machine says. */
import { ref, watch } from "vue";

export type Theme = "auto" | "light" | "dark";
const KEPT = "xja.theme";
export const THEMES: Theme[] = ["auto", "light", "dark"];

function kept(): Theme {
  const text = localStorage.getItem(KEPT) as Theme | null;
  return text && THEMES.includes(text) ? text : "auto";
}

export const theme = ref<Theme>("auto");

export function startTheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    document.documentElement.dataset.theme = theme.value === "auto" ? (dark.matches ? "dark" : "light") : theme.value;
  };
  theme.value = kept();
  paint();
  dark.addEventListener("change", paint);
  watch(theme, (next) => {
    localStorage.setItem(KEPT, next);
    paint();
  });
}
