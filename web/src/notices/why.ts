/** Why a letter did not go, in the language of the screen: a code, and one word that says more (a status, a setting, a file's name). */
import { useI18n } from "vue-i18n";

export function useWhy(): (why: string | null | undefined) => string {
  const { t, te } = useI18n();
  return (why) => {
    const [code = "", ...rest] = (why ?? "").split(" ");
    // What was written before there were codes is shown as it is.
    return te(`notices.why.${code}`) ? t(`notices.why.${code}`, { what: rest.join(" ") }) : (why ?? "");
  };
}
