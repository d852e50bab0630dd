// Makes the report walkable: one page at a time by the address bar, sortable tables, pages of members, a network that
// tells. Without it the report still reads, all pages in a row. Everything is written as text, never as markup.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const data = JSON.parse(document.getElementById("data").textContent);
  const LAYERS = ["content", "harness", "infrastructure", "client", "payment", "sign-up", "timing", "hand-over",
    "declared", "custom"];
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  // Theme: system, light, dark. Remembered where the browser lets a file remember.
  const button = document.querySelector(".theme");
  const themes = ["system", "light", "dark"];
  const remember = (theme) => { try { localStorage.setItem("vigie-theme", theme); } catch { /* not allowed here */ } };
  const remembered = () => { try { return localStorage.getItem("vigie-theme"); } catch { return null; } };
  const wear = (theme) => {
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
    button.lastElementChild.textContent = theme;
    button.dataset.now = theme;
  };
  wear(themes.includes(remembered()) ? remembered() : "system");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(button.dataset.now) + 1) % themes.length];
    wear(next);
    remember(next);
  });

  // Pages.
  const pages = all(".page");
  const title = document.title;
  const places = new Map();
  let current = null;
  const go = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const target = wanted && document.getElementById(wanted);
    const page = (target && target.closest(".page")) || document.getElementById("overview");
    if (current) places.set(current.id, window.scrollY);
    const turned = current !== page;
    for (const other of pages) other.classList.toggle("shown", other === page);
    current = page;
    const heading = page.querySelector("h1");
    document.title = page.id === "overview" ? title : `${heading.textContent.trim()} – ${title}`;
    fill(page);
    if (target && target !== page) {
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    } else if (turned && started) {
      window.scrollTo(0, page.id === "overview" ? places.get(page.id) || 0 : 0);
      heading.focus({ preventScroll: true });
    }
  };

  // Sorting by header, for any table whose headers say by what.
  const sortable = (headers, apply) => {
    for (const header of headers) {
      const label = make("button", header.textContent);
      label.type = "button";
      header.replaceChildren(label);
      label.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") !== "descending";
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        apply(header, down);
      });
    }
  };

  // The table of campaigns.
  const filters = document.getElementById("filters");
  if (filters) {
    const table = document.querySelector(".campaigns");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = all("thead th", table);
    const choose = (name) => filters.querySelector(`[name=${name}]`);
    const sort = (key, down) => {
      const value = (row) => (key === "kind" ? row.dataset.kind : Number(row.dataset[key]));
      const order = (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : rows.indexOf(a) - rows.indexOf(b));
      body.append(...[...rows].sort((a, b) => (down ? order(b, a) : order(a, b))));
    };
    const filter = () => {
      const text = choose("text").value.trim().toLowerCase();
      let left = 0;
      for (const row of rows) {
        const fits = Number(row.dataset.severity) >= Number(choose("severity").value)
          && (!choose("kind").value || row.dataset.kind === choose("kind").value)
          && (!text || row.textContent.toLowerCase().includes(text));
        row.hidden = !fits;
        left += fits;
      }
      filters.querySelector("output").textContent = left === rows.length ? "" : `${left} of ${rows.length}`;
      document.querySelector(".none").hidden = left > 0;
    };
    sortable(headers, (header, down) => sort(header.dataset.key, down));
    headers[0].setAttribute("aria-sort", "descending");
    choose("sort").addEventListener("change", (event) => {
      const [, key, sign] = event.target.value.match(/^(\w+)([+-])$/);
      for (const header of headers) {
        if (header.dataset.key === key) header.setAttribute("aria-sort", sign === "-" ? "descending" : "ascending");
        else header.removeAttribute("aria-sort");
      }
      sort(key, sign === "-");
    });
    for (const name of ["severity", "kind"]) choose(name).addEventListener("change", filter);
    choose("text").addEventListener("input", filter);
    filters.hidden = false;
  }

  // Members, some at a time; made when their page is first opened.
  const ROWS = 25;
  const filled = new Set();
  const share = (thousandths) => {
    if (thousandths === 0) return "0 %";
    return thousandths < 100 && thousandths % 10 ? `${(thousandths / 10).toFixed(1)} %` : `${Math.round(thousandths / 10)} %`;
  };
  const fill = (page) => {
    const box = page.querySelector("[data-members]");
    if (!box || filled.has(page.id)) return;
    filled.add(page.id);
    const everyone = data.members[page.id] || [];
    let rows = everyone;
    let order = { column: 1, down: true };
    let at = 0;
    const body = box.querySelector("tbody");
    const pager = box.querySelector(".pager");
    const back = make("button", "Previous");
    const on = make("button", "Next");
    back.type = on.type = "button";
    const where = make("span", "", "soft");
    where.setAttribute("role", "status");
    pager.append(back, on, where);
    const draw = () => {
      body.replaceChildren(...rows.slice(at, at + ROWS).map(([id, score, part]) => {
        const row = make("tr");
        const account = make("td", undefined, "id");
        account.append(make("bdi", id));
        row.append(account, make("td", (score / 1000).toFixed(3), "n"), make("td", share(part), "n"));
        return row;
      }));
      back.disabled = at === 0;
      on.disabled = at + ROWS >= rows.length;
      where.textContent = rows.length
        ? `${(at + 1).toLocaleString("en")} to ${Math.min(at + ROWS, rows.length).toLocaleString("en")} of ${rows.length.toLocaleString("en")}`
        : "No member fits.";
    };
    const arrange = () => {
      const text = box.querySelector("input").value.trim().toLowerCase();
      rows = text ? everyone.filter(([id]) => id.toLowerCase().includes(text)) : [...everyone];
      const { column, down } = order;
      rows.sort((a, b) => (a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : 0) * (down ? -1 : 1));
      at = 0;
      draw();
    };
    sortable(all("thead th", box), (header, down) => {
      order = { column: Number(header.dataset.sort), down };
      arrange();
    });
    box.querySelector("input").addEventListener("input", arrange);
    back.addEventListener("click", () => { at = Math.max(0, at - ROWS); draw(); });
    on.addEventListener("click", () => { at += ROWS; draw(); });
    box.querySelector(".tools").hidden = everyone.length <= 20;
    pager.hidden = everyone.length <= ROWS;
    draw();
    network(page);
  };

  // The network: pointing at a member, or walking with the arrow keys, lights its links and tells about it.
  const network = (page) => {
    const stage = page.querySelector("[data-network]");
    if (!stage) return;
    const { nodes, scores, edges } = data.networks[page.id];
    const circles = all("circle", stage);
    const lit = stage.querySelector(".lit");
    const told = page.querySelector(".told");
    const rest = told.textContent;
    let at = -1;
    const place = (circle) => `${circle.getAttribute("cx")} ${circle.getAttribute("cy")}`;
    const show = (index) => {
      if (index === at) return;
      at = index;
      stage.classList.toggle("dim", index >= 0);
      lit.replaceChildren();
      for (const circle of circles) circle.classList.remove("on", "at");
      if (index < 0) { told.textContent = rest; return; }
      const counts = new Map();
      for (const [a, b, layer] of edges) {
        if (a !== index && b !== index) continue;
        const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
        line.setAttribute("d", `M${place(circles[a])}L${place(circles[b])}`);
        line.setAttribute("class", `layer-${layer}`);
        lit.append(line);
        circles[a].classList.add("on");
        circles[b].classList.add("on");
        counts.set(layer, (counts.get(layer) || 0) + 1);
      }
      circles[index].classList.add("on", "at");
      const links = [...counts].sort((x, y) => y[1] - x[1]).map(([layer, n]) => `${n} by ${LAYERS[layer]}`);
      told.textContent = `${nodes[index]}, score ${scores[index].toFixed(3)}, linked to ${links.join(", ") || "nobody drawn here"}`;
    };
    const nearest = (x, y) => {
      let best = -1;
      let least = 22 * 22;
      circles.forEach((circle, i) => {
        const dx = circle.getAttribute("cx") - x;
        const dy = circle.getAttribute("cy") - y;
        const distance = dx * dx + dy * dy;
        if (distance < least) { least = distance; best = i; }
      });
      return best;
    };
    const svg = stage.querySelector("svg");
    const point = (event) => {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width;
      show(nearest((event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
    };
    stage.addEventListener("pointermove", point);
    stage.addEventListener("pointerdown", point);
    stage.addEventListener("pointerleave", () => { if (document.activeElement !== stage) show(-1); });
    stage.addEventListener("blur", () => show(-1));
    stage.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") show(-1);
      if (!step) return;
      event.preventDefault();
      show((Math.max(at, step < 0 ? 0 : -1) + step + circles.length) % circles.length);
    });
  };

  let started = false;
  root.classList.add("live");
  window.addEventListener("hashchange", go);
  go();
  started = true;
})();
