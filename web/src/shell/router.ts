/** Every screen has an address, and every screen but the log-in is fetched when it is first opened. */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { Unreachable } from "@/api/problem";
import { i18n } from "./language";
import { useCatalog } from "./catalog";
import { useSession } from "./session";
import { BRINGS_IN, SEES_NETWORK, SEES_UNITS } from "@/places/sees";

declare module "vue-router" {
  interface RouteMeta {
    /** Message key of the page's title. */
    title: string;
    /** Reached without anybody being logged in. */
    open?: boolean;
    /** Without menu and top bar. */
    bare?: boolean;
    /** Only for holders of one of these posts; others are led to their workbench. */
    posts?: string[];
  }
}

export const routes: RouteRecordRaw[] = [
  { path: "/login", name: "login", component: () => import("@/accounts/LogIn.vue"), meta: { title: "login.title", open: true, bare: true } },
  { path: "/first-password", name: "first-password", component: () => import("@/accounts/FirstPassword.vue"), meta: { title: "password.first", bare: true } },
  { path: "/second-factor", name: "second-factor", component: () => import("@/accounts/BindFactor.vue"), meta: { title: "accounts.factor.must", bare: true } },
  { path: "/", redirect: { name: "workbench" } },
  { path: "/workbench", name: "workbench", component: () => import("@/dispatch/WorkbenchPage.vue"), meta: { title: "menu.workbench" } },
  { path: "/register", name: "register", component: () => import("@/intake/RegisterPage.vue"), meta: { title: "menu.register" } },
  { path: "/matters", name: "matters", component: () => import("@/matters/MatterListPage.vue"), meta: { title: "menu.matters" } },
  { path: "/matters/:id", name: "matter", component: () => import("@/matters/MatterPage.vue"), meta: { title: "menu.matter" } },
  { path: "/checks", name: "checks", component: () => import("@/dispatch/ChecksPage.vue"), meta: { title: "menu.checks" } },
  { path: "/callbacks", name: "callbacks", component: () => import("@/dispatch/CallbacksPage.vue"), meta: { title: "menu.callbacks" } },
  { path: "/board", name: "board", component: () => import("@/board/BoardPage.vue"), meta: { title: "menu.board" } },
  { path: "/rota", name: "rota", component: () => import("@/rota/RotaPage.vue"), meta: { title: "menu.rota" } },
  { path: "/rota/mine", name: "my-shifts", component: () => import("@/rota/MyShiftsPage.vue"), meta: { title: "rota.mine.title" } },
  { path: "/rota/hand-overs", name: "hand-overs", component: () => import("@/rota/HandOversPage.vue"), meta: { title: "rota.handOver.title" } },
  { path: "/rota/hand-overs/:id", name: "hand-over", component: () => import("@/rota/HandOverPage.vue"), meta: { title: "rota.handOver.title" } },
  { path: "/units", name: "units", component: () => import("@/places/UnitsPage.vue"), meta: { title: "menu.units", posts: SEES_UNITS } },
  { path: "/units/:id", name: "unit", component: () => import("@/places/UnitPage.vue"), meta: { title: "menu.unit", posts: SEES_UNITS } },
  { path: "/units/:id/here", name: "unit-here", component: () => import("@/places/HerePage.vue"), meta: { title: "menu.unit-here", posts: SEES_UNITS } },
  { path: "/places", name: "places", component: () => import("@/places/PlacesPage.vue"), meta: { title: "menu.places", posts: SEES_NETWORK } },
  { path: "/places/duties", name: "duties", component: () => import("@/places/DutiesPage.vue"), meta: { title: "menu.duties", posts: SEES_NETWORK } },
  { path: "/places/import", name: "places-import", component: () => import("@/places/ImportPage.vue"), meta: { title: "menu.places-import", posts: BRINGS_IN } },
  { path: "/notices", name: "notices", component: () => import("@/notices/NoticesPage.vue"), meta: { title: "menu.notices" } },
  { path: "/notices/ways", name: "ways", component: () => import("@/notices/WaysPage.vue"), meta: { title: "notices.ways.title" } },
  { path: "/channels", name: "channels", component: () => import("@/notices/ChannelsPage.vue"), meta: { title: "menu.channels" } },
  { path: "/letters", name: "letters", component: () => import("@/notices/LettersPage.vue"), meta: { title: "menu.letters" } },
  { path: "/rules", name: "rules", component: () => import("@/rules/RulesPage.vue"), meta: { title: "menu.rules" } },
  { path: "/keeping", name: "keeping", component: () => import("@/trail/KeepingPage.vue"), meta: { title: "menu.keeping" } },
  { path: "/keeping/:id", name: "destruction", component: () => import("@/trail/DestructionPage.vue"), meta: { title: "menu.keeping" } },
  { path: "/persons", name: "persons", component: () => import("@/trail/PersonsPage.vue"), meta: { title: "menu.persons" } },
  { path: "/reads", name: "reads", component: () => import("@/trail/ReadsPage.vue"), meta: { title: "menu.reads" } },
  { path: "/accounts", name: "people", component: () => import("@/accounts/PeoplePage.vue"), meta: { title: "menu.people" } },
  { path: "/accounts/:id", name: "person", component: () => import("@/accounts/PersonPage.vue"), meta: { title: "accounts.person.title" } },
  { path: "/account-trail", name: "account-trail", component: () => import("@/accounts/AccountTrailPage.vue"), meta: { title: "menu.account-trail" } },
  { path: "/policy", name: "policy", component: () => import("@/accounts/PolicyPage.vue"), meta: { title: "menu.policy" } },
  { path: "/account", name: "account", component: () => import("@/accounts/AccountPage.vue"), meta: { title: "menu.account" } },
  { path: "/:rest(.*)*", name: "nowhere", component: () => import("./NowherePage.vue"), meta: { title: "nowhere.title" } },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
});

router.beforeEach(async (to) => {
  const session = useSession();
  try {
    await session.load();
  } catch (reason) {
    if (!(reason instanceof Unreachable)) throw reason;
    return to.meta.open ? true : { name: "login", query: { next: to.fullPath, unreachable: "1" } };
  }
  if (!session.me) return to.meta.open ? true : { name: "login", query: to.path === "/" || to.name === "workbench" ? {} : { next: to.fullPath } };
  if (session.me.account.must_change_password && to.name !== "first-password") return { name: "first-password" };
  const enrol = session.me.account.must_enrol_second_factor && !session.me.account.must_change_password;
  if (enrol && to.name !== "second-factor") return { name: "second-factor" };
  if (to.name === "second-factor" && !enrol) return { name: "workbench" };
  if (to.name === "login" || (to.name === "first-password" && !session.me.account.must_change_password)) return { name: "workbench" };
  if (to.meta.posts && !session.holds(...to.meta.posts)) return { name: "workbench" };
  if (!to.meta.bare) {
    // A screen that cannot read the lists still opens and says what is missing.
    await useCatalog()
      .load()
      .catch(() => undefined);
  }
  return true;
});

/** Title of the browser's tab: what is open, then where. */
export function entitle(what?: string): void {
  const place = useSession().me?.installation.name ?? "";
  const { t } = i18n.global;
  document.title = [what ?? t(router.currentRoute.value.meta.title), place, t("app.name")].filter(Boolean).join(" · ");
}

router.afterEach((to, from) => {
  entitle();
  if (to.path === from.path) return;
  // The page's heading takes the focus, so that a reader hears where it is and Tab starts at the top of what is new.
  requestAnimationFrame(() => {
    if (document.activeElement?.closest("main")) return;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  });
});
