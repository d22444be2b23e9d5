// The part of a page that is open stands in sight in its row, which a narrow window cuts.
export function showTab(root) {
  root.querySelectorAll('.tabrow [aria-current="page"]').forEach((tab) => {
    const row = tab.closest(".tabrow");
    const ahead = tab.getBoundingClientRect().left - row.getBoundingClientRect().left;
    row.scrollLeft += ahead - (row.clientWidth - tab.offsetWidth) / 2;
  });
}
addEventListener("resize", () => showTab(document));
showTab(document);
