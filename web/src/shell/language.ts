/** Chinese first, English complete. The other language is fetched only when somebody asks for it. */
import { ref } from "vue";
import { createI18n } from "vue-i18n";
import zh from "@/locales/zh";

export type Locale = "zh" | "en";
const KEPT = "xja.language";

export const locale = ref<Locale>("zh");

export const i18n = createI18n({
  legacy: false,
  locale: "zh",
  fallbackLocale: "zh",
  messages: { zh } as Record<string, typeof zh>,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
});

export async function speak(next: Locale): Promise<void> {
  if (next === "en" && !i18n.global.availableLocales.includes("en")) {
    i18n.global.setLocaleMessage("en", (await import("@/locales/en")).default);
  }
  i18n.global.locale.value = next;
  locale.value = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  localStorage.setItem(KEPT, next);
}

export async function startLanguage(): Promise<void> {
  await speak(localStorage.getItem(KEPT) === "en" ? "en" : "zh");
}
