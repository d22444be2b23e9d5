// After htmx has changed a part of the page: focus, waiting, and what is told.
import { note, say } from "./toast.js";
import { atLoad } from "./dialog.js";
import { foldFilters, watchTables } from "./list.js";
import { showTab } from "./tab.js";

const targetOf = (e) => {
  const t = e.detail?.ctx?.target;
  return typeof t === "string" ? document.querySelector(t) : t;
};

document.addEventListener("htmx:before:request", (e) => {
  // A stream is asked once and never ends: its target is not busy.
  if (e.detail?.ctx?.sourceElement?.hasAttribute?.("hx-sse:connect")) return;
  targetOf(e)?.setAttribute?.("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", (e) => {
  targetOf(e)?.removeAttribute?.("aria-busy");
  document.querySelectorAll('#main[aria-busy], #rows[aria-busy]').forEach((n) => n.removeAttribute("aria-busy"));
});

document.addEventListener("htmx:after:swap", (e) => {
  const target = targetOf(e);
  const main = document.getElementById("main");
  if (target?.id === "main") {
    document.querySelectorAll(".nav:popover-open").forEach((n) => n.hidePopover());
    atLoad(main);
    watchTables(main);
    foldFilters(main);
    showTab(main);
    if (!main.contains(document.activeElement)) main.focus({ preventScroll: true });
    return;
  }
  const part = target?.isConnected ? target : document.getElementById(target?.id ?? "");
  if (!part) return;
  watchTables(part);
  const told = part.querySelector("[data-say]");
  if (told) say(told.textContent.trim());
});

// No answer at all: the old data stays, and the person is told.
document.addEventListener("htmx:error", () => {
  if (document.querySelector("#toaster [data-no-answer]")) return;
  const told = note("tone-failing", "Purser did not answer. What you see may be old.", { label: "Reload", href: location.href });
  if (told) told.dataset.noAnswer = "";
});
