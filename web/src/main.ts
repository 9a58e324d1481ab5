import { createPinia } from "pinia";
import { createApp } from "vue";
import { whenReached, whenSessionLost } from "@/api/client";
import App from "@/shell/App.vue";
import { i18n, startLanguage } from "@/shell/language";
import { hush, unreached } from "@/shell/live";
import { router } from "@/shell/router";
import { useSession } from "@/shell/session";
import { startTheme } from "@/shell/theme";
import "element-plus/theme-chalk/base.css";
import "@/shell/tokens.css";
import "@/shell/base.css";

// A tab that stayed open over an upgrade asks for files that are gone: it loads the new page, drafts and all, but not in a circle.
const RELOADED = "xja.reloaded";
window.addEventListener("vite:preloadError", (event) => {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
});

async function start(): Promise<void> {
  startTheme();
  await startLanguage();
  const app = createApp(App).use(createPinia()).use(i18n).use(router);
  const session = useSession();
  whenReached((reached) => {
    unreached.value = !reached;
  });
  whenSessionLost(() => {
    if (!session.me) return;
    hush();
    session.lost();
    const here = router.currentRoute.value;
    if (!here.meta.open) void router.replace({ name: "login", query: { next: here.fullPath, ended: "1" } });
  });
  app.mount("#app");
}

void start();
