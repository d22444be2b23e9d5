// Streams of progress (hx-sse:connect): when one says "done", the page shows the end.
import { note } from "./toast.js";

const live = "[hx-sse\\:connect]";

document.addEventListener("done", (e) => {
  if (!e.target.matches?.(live)) return;
  const field = document.activeElement?.closest("input, textarea, select");
  // Nobody is interrupted in a dialog or while typing.
  if (field || document.querySelector("dialog[open], [popover]:popover-open:not(#nav)")) {
    note("tone-live", "It has ended.", { label: "Show the result", href: location.href });
    return;
  }
  location.reload();
});
