/* What every page of the console does beyond links and forms. */
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- Theme ----

  const showTheme = () => {
    for (const button of all("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", button.dataset.themeChoice === root.dataset.theme);
    }
  };
  showTheme();

  // ---- Keys ----

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const find = document.querySelector("main [data-find]") || document.querySelector("[data-find]");
      if (find) {
        event.preventDefault();
        find.focus();
        find.select();
      }
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details[data-how][open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
  });

  // ---- The panel behind "how": above everything, and inside the window ----

  const place = (how) => {
    const panel = how.querySelector(".how-panel");
    const at = how.querySelector("summary").getBoundingClientRect();
    panel.style.position = "fixed";
    const { width, height } = panel.getBoundingClientRect();
    const left = Math.max(12, Math.min(at.left, innerWidth - width - 12));
    const below = at.bottom + 6;
    const fits = below + height < innerHeight - 12 || at.top < height + 18;
    panel.style.left = `${left}px`;
    panel.style.top = `${fits ? below : at.top - height - 6}px`;
  };
  const closeHow = (except) => {
    for (const how of all("details[data-how][open]")) {
      if (how !== except) how.open = false;
    }
  };
  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches?.("details[data-how]") || !event.target.open) return;
      closeHow(event.target);
      place(event.target);
    },
    true,
  );
  // A page that comes back with an error inside a panel comes with the panel open.
  all("details[data-how][open]").forEach(place);
  addEventListener("resize", () => closeHow());
  document.addEventListener(
    "scroll",
    (event) => {
      if (!event.target.closest?.(".how-panel")) closeHow();
    },
    { capture: true, passive: true },
  );

  // ---- Clicks ----

  const copy = async (button) => {
    const target = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(target.value ?? target.textContent.trim());
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before), 1500);
  };
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (!target.closest("details[data-how]")) closeHow();
    const theme = target.closest("[data-theme-choice]");
    if (theme) {
      root.dispatchEvent(new CustomEvent("theme:choose", { detail: theme.dataset.themeChoice }));
      showTheme();
    }
    target.closest("[data-dismiss]")?.closest("[data-note]").remove();
    const copier = target.closest("[data-copy]");
    if (copier) copy(copier);
    const goer = target.closest("[data-go]");
    if (goer) {
      const picked = all("[data-pick]:checked", goer.closest("[data-list]"));
      location.assign(`${goer.dataset.go}?${new URLSearchParams(picked.map((pick) => [pick.name, pick.value]))}`);
    }
    if (target.closest("[data-back]")) history.back();
    if (target.closest("[data-print]")) print();
  });

  // A form that can't be undone says so: data-confirm on its button, or on itself. Asked while the
  // event is on its way down, before htmx hears of it.
  document.addEventListener(
    "submit",
    (event) => {
      const asked = event.submitter?.dataset.confirm || event.target.dataset.confirm;
      if (asked && !confirm(asked)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      // Twice at once is once. What the button says is sent along before it is disabled.
      if (event.target.method === "post" && event.submitter && !event.target.matches("[hx-post]")) {
        setTimeout(() => (event.submitter.disabled = true));
      }
    },
    true,
  );
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const button of all("form button:disabled")) button.disabled = false;
    // Going back, the browser ticks again what was ticked, and says so to nobody.
    all("[data-list]").forEach(tally);
  });

  // ---- Lists: pick some, do one thing with them ----

  const tally = (list) => {
    const picks = all("[data-pick]", list);
    const picked = picks.filter((pick) => pick.checked).length;
    for (const every of all("[data-pick-all]", list)) {
      every.checked = picked > 0 && picked === picks.length;
      every.indeterminate = picked > 0 && picked < picks.length;
    }
    for (const text of all("[data-picked]", list)) text.textContent = picked.toLocaleString("en");
    for (const bulk of all("[data-bulk]", list)) {
      bulk.hidden = picked === 0;
      for (const button of all("[data-most]", bulk)) button.disabled = picked > Number(button.dataset.most);
    }
  };
  document.addEventListener("change", (event) => {
    const list = event.target.closest?.("[data-list]");
    if (list && event.target.matches("[data-pick-all]")) {
      for (const pick of all("[data-pick]", list)) pick.checked = event.target.checked;
    }
    if (list && event.target.matches("[data-pick], [data-pick-all]")) tally(list);
    if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
  });

  // ---- Charts: their scripts come only to pages that have one ----

  let charts;
  const load = (src) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  const drawCharts = (within) => {
    if (!all("[data-chart]", within).length) return;
    charts ??= load(root.dataset.echarts).then(() => load(root.dataset.charts));
    charts.then(() => window.groundswellCharts.draw(within));
  };

  const ready = (within) => {
    for (const list of all("[data-list]", within)) tally(list);
    drawCharts(within);
  };
  ready(document);
  document.addEventListener("htmx:after:swap", () => ready(document));

  // ---- A request that failed ----

  const say = (text) => {
    const messages = document.getElementById("messages");
    if (!messages || messages.querySelector("[data-lost]")) return;
    const note = document.createElement("div");
    note.className = "note is-bad";
    note.dataset.note = note.dataset.lost = "";
    note.innerHTML =
      '<span></span><p></p><button class="btn-close" type="button" aria-label="Dismiss" data-dismiss></button>';
    note.querySelector("p").textContent = text;
    messages.append(note);
  };
  document.addEventListener("htmx:error", () =>
    say("The server can't be reached, so this page may be out of date. It goes on as soon as it answers."),
  );
  document.addEventListener("htmx:after:request", () =>
    document.querySelector("#messages [data-lost]")?.remove(),
  );
})();
