// Dialogs: data-dialog="id" opens, data-close closes, a press beside it closes.
// The browser gives the focus back to the opener; a menu is closed first.
document.addEventListener("click", (e) => { if (e.target.closest("[data-print]")) window.print(); });

document.addEventListener("click", (e) => {
  const opener = e.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    const menu = opener.closest("[popover]");
    if (menu) menu.hidePopover(); // its button has the focus again
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  const closer = e.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  if (e.target.matches("dialog") && pressedBeside) e.target.close();
});

// Only a press that begins and ends beside the dialog closes it: marking text may end there.
let pressedBeside = false;
document.addEventListener("pointerdown", (e) => {
  if (!e.target.matches("dialog")) { pressedBeside = false; return; }
  const r = e.target.getBoundingClientRect();
  pressedBeside = e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom;
});

export function atLoad(root) {
  root.querySelectorAll("dialog[data-open]").forEach((d) => { if (!d.open) d.showModal(); });
  root.querySelector("[data-focus]")?.focus();
}

atLoad(document);
