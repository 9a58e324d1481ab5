/**
 * Refusals as sentences. The server says them in Chinese, with the names and times of the case; in English the client has
 * a sentence of its own for each code and falls back to the server's.
 */
import { Problem, Unreachable } from "@/api/problem";
import { i18n, locale } from "@/shell/language";

function own(key: string): string | null {
  const { t, te } = i18n.global;
  return locale.value !== "zh" && te(key) ? t(key) : null;
}

/** One sentence for what went wrong. */
export function sentence(failure: unknown): string {
  if (failure instanceof Unreachable) return i18n.global.t("fault.unreachable");
  if (failure instanceof Problem) return own(`problem.${failure.body.code}`) ?? (failure.body.title || i18n.global.t("fault.unknown"));
  return i18n.global.t("fault.unknown");
}

/** The sentence at a datum. */
export function datumSentence(error: { why: string; said: string }): string {
  return own(`datum.${error.why}`) ?? own(`problem.${error.why}`) ?? error.said;
}

/** Why an act is barred now. */
export function barredSentence(barred: { code?: string | null; why: string }): string {
  return (barred.code && own(`problem.${barred.code}`)) || barred.why;
}
