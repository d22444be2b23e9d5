// Lists: filter menus, "select all", exports with the query of the page, sticky heads.
document.addEventListener("change", (e) => {
  const all = e.target.closest("[data-select-all]");
  const table = e.target.closest("table");
  if (all) {
    table.querySelectorAll("tbody .cell-select input:not(:disabled)").forEach((b) => { b.checked = all.checked; });
  } else if (e.target.closest(".cell-select")) {
    const head = table.querySelector("[data-select-all]");
    const boxes = [...table.querySelectorAll("tbody .cell-select input")];
    const ticked = boxes.filter((b) => b.checked).length;
    if (head) { head.checked = ticked === boxes.length; head.indeterminate = ticked > 0 && ticked < boxes.length; }
  }
  const filter = e.target.closest("[data-filter]");
  const count = filter?.querySelector("[data-filter-count]");
  const fold = e.target.closest(".filter-fold");
  if (fold) { // what is in force that no field says counts, too
    const told = fold.querySelector("[data-fold-count]");
    const set = [...fold.querySelectorAll("input:checked:not([name=cols]), input[type=date]")].filter((i) => i.type !== "date" || i.value).length;
    told.textContent = String(Number(told.dataset.foldCount) + set || "");
  }
  if (count) count.textContent = String(filter.querySelectorAll("input:checked").length || "");
});

// One filter menu at a time; a press elsewhere or Esc closes it.
document.addEventListener("toggle", (e) => {
  if (!e.target.matches?.("[data-filter]") || !e.target.open) return;
  document.querySelectorAll("[data-filter][open]").forEach((d) => { if (d !== e.target) d.open = false; });
}, true);
document.addEventListener("click", (e) => {
  document.querySelectorAll("[data-filter][open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
  const file = e.target.closest("a[data-export]");
  if (file) {
    const to = new URL(file.href);
    for (const [k, v] of new URLSearchParams(location.search)) {
      if (!to.searchParams.has(k, v)) to.searchParams.append(k, v);
    }
    file.href = to;
  }
});
document.addEventListener("keydown", (e) => {
  const open = e.key === "Escape" && document.querySelector("[data-filter][open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

// A table that fits needs no scrolling of its own: its head may then stick to the page.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const table = target.querySelector("table");
    target.classList.toggle("fits", table && table.scrollWidth <= target.clientWidth);
  }
});
export function watchTables(root) { root.querySelectorAll(".scroll").forEach((s) => watch.observe(s)); }
watchTables(document);

// In a narrow window the filters are folded until somebody opens them.
const narrow = matchMedia("(width < 40rem)");
export function foldFilters(root) {
  root.querySelectorAll(".filter-fold").forEach((d) => { d.open = !narrow.matches; d.dataset.folds = ""; });
}
narrow.addEventListener("change", () => foldFilters(document));
foldFilters(document);
