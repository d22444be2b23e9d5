// Menus are popovers: placed beside their button, walked with the arrow keys.
document.addEventListener("toggle", (e) => {
  const menu = e.target;
  if (!menu.matches?.(".menu[popover]") || e.newState !== "open") return;
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!opener) return;
  const at = opener.getBoundingClientRect();
  menu.classList.add("placed");
  const { offsetWidth: w, offsetHeight: h } = menu;
  const below = at.bottom + 4 + h <= innerHeight;
  menu.style.top = `${Math.max(4, below ? at.bottom + 4 : at.top - 4 - h)}px`;
  menu.style.left = `${Math.max(4, Math.min(at.right - w, innerWidth - w - 4))}px`;
  menu.querySelector(".menu-item")?.focus();
}, true);

document.addEventListener("keydown", (e) => {
  const menu = e.target.closest?.(".menu:popover-open");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key)) return;
  e.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item")];
  const i = items.indexOf(document.activeElement);
  const next = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: items.length - 1 }[e.key];
  items[(next + items.length) % items.length]?.focus();
});

// A page that moves under an open menu would leave it behind.
addEventListener("scroll", (e) => {
  const open = document.querySelector(".menu:popover-open");
  if (open && !open.contains(e.target)) open.hidePopover();
}, { capture: true, passive: true });
