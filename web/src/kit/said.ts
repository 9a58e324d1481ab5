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

/** What was brought to one's notice: its kind is the act that did it, its rung how high it climbed. */
export function noticeSentence(notice: { kind: string; rung: number; said: string }): string {
  return own(`notices.kinds.${notice.kind === "escalate" && notice.rung > 0 ? "late" : notice.kind}`) ?? own("notices.kinds.other") ?? notice.said;
}

/** What the desk is told to do first, by the gate's number; the first gate is danger. */
export function gateSentence(n: number, said: string): string {
  return own(`thoughts.gates.g${n}`) ?? said;
}

/** Why an act is barred now. */
export function barredSentence(barred: { code?: string | null; why: string }): string {
  return (barred.code && own(`problem.${barred.code}`)) || barred.why;
}
