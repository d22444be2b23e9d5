import "../../../../node_modules/htmx.org/dist/htmx.esm.js";
import "../../../../node_modules/htmx.org/dist/ext/hx-sse.js";
import "./theme-toggle.js";
import "./dialog.js";
import "./menu.js";
import "./palette.js";
import "./keys.js";
import "./list.js";
import "./toast.js";
import "./swap.js";
import "./live.js";
import "./resume.js";

document.documentElement.classList.add("js");
