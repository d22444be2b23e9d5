// Toasts leave after eight seconds, not while pointed at or focused; some stay.
const lasts = 8000;

function start(toast) {
  if (toast.hasAttribute("data-stay") || toast.dataset.started) return;
  toast.dataset.started = "yes";
  let timer = setTimeout(() => toast.remove(), lasts);
  const hold = () => clearTimeout(timer);
  const release = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), lasts); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}

const region = document.getElementById("toaster");
if (region) {
  [...region.children].forEach(start);
  new MutationObserver(() => [...region.children].forEach(start)).observe(region, { childList: true });
}

document.addEventListener("click", (e) => { e.target.closest("[data-toast-close]")?.closest(".note").remove(); });

// note adds a toast of the script's own, with an action; so it stays.
export function note(tone, words, action) {
  if (!region) return null;
  const toast = document.createElement("div");
  toast.className = `note ${tone}`;
  toast.dataset.stay = "";
  const p = document.createElement("p");
  p.textContent = words;
  const link = document.createElement("a");
  link.href = action.href;
  link.textContent = action.label;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "note-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  toast.append(p, link, close);
  region.append(toast);
  return toast;
}

// say tells screen readers what changed, without moving the focus.
export function say(words) {
  const status = document.getElementById("say");
  if (!status) return;
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, 50);
}

// Copying: data-copy holds the text; the button tells that it worked.
document.addEventListener("click", async (e) => {
  const button = e.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("span");
  const before = button.dataset.label ?? (button.dataset.label = label?.textContent ?? "");
  let told = "Copied";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    told = "Not copied: mark the text and copy it";
  }
  say(told);
  if (!label) return;
  label.textContent = told;
  setTimeout(() => { label.textContent = before; }, 2000);
});
