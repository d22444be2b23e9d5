// The palette of Ctrl K: a combobox whose options come from the server.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const empty = dialog?.querySelector(".palette-empty");
let timer = 0;
let asked;

export function openPalette() {
  if (!dialog || dialog.open) return;
  document.querySelector("dialog[open]:not(#palette)")?.close();
  input.value = "";
  dialog.showModal();
  ask();
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${dialog.dataset.paletteUrl}?q=${encodeURIComponent(input.value.trim())}`, {
      signal: asked.signal,
      headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    list.innerHTML = await answer.text();
    const found = options();
    empty.hidden = found.length > 0;
    empty.textContent = "Nothing found. Try a part of a name.";
    choose(found[0]);
  } catch (e) {
    if (e.name === "AbortError") return;
    list.replaceChildren();
    empty.textContent = "The search did not answer. Type again to repeat it.";
    empty.hidden = false;
    choose(undefined);
  }
}

function options() { return [...list.querySelectorAll("[role=option]")]; }

function choose(option) {
  options().forEach((o) => o.setAttribute("aria-selected", String(o === option)));
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

input?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });

input?.addEventListener("keydown", (e) => {
  const all = options();
  const i = all.findIndex((o) => o.getAttribute("aria-selected") === "true");
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault();
    if (all.length) choose(all[(i + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (e.key === "Enter" && all[i]) {
    e.preventDefault();
    dialog.close();
    location.assign(all[i].href);
  }
});

document.addEventListener("click", (e) => { if (e.target.closest("[data-palette]")) openPalette(); });
