// Keyboard: Ctrl or ⌘ K everywhere; single keys outside of fields, unless turned off.
import { openPalette } from "./palette.js";

const box = () => document.querySelector("[data-single-keys]");
function single() {
  try { return localStorage.getItem("purser-single-keys") !== "off"; } catch { return true; }
}

let first = "";
let timer = 0;

document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
    e.preventDefault();
    openPalette();
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || !single()) return;
  if (e.target.closest?.("input, textarea, select, [contenteditable], dialog, [popover]:popover-open")) return;
  if (first === "g") {
    first = "";
    const link = [...document.querySelectorAll("#nav [data-keys]")].find((a) => a.dataset.keys === `g ${e.key}`);
    if (link) { e.preventDefault(); link.click(); }
    return;
  }
  if (e.key === "/") {
    const field = document.querySelector("main [data-search]");
    if (field) { e.preventDefault(); field.focus(); field.select(); }
  } else if (e.key === "?") {
    e.preventDefault();
    document.getElementById("shortcuts")?.showModal();
  } else if (e.key === "g") {
    first = "g";
    clearTimeout(timer);
    timer = setTimeout(() => { first = ""; }, 1500);
  }
});

document.addEventListener("change", (e) => {
  if (!e.target.matches("[data-single-keys]")) return;
  try { localStorage.setItem("purser-single-keys", e.target.checked ? "on" : "off"); } catch { /* this page only */ }
});

if (box()) box().checked = single();
