/* Accounts whose handle or name begins with what is being typed: a combobox by the ARIA pattern.
   Without this script the field is a plain search field. */
(() => {
  const box = document.querySelector("[data-suggest]");
  if (!box) return;
  const PAUSE = 120; // milliseconds without a key before the server is asked
  const FEWEST = 2; // characters
  const MOST = 6;
  const platforms = JSON.parse(box.dataset.platforms);
  const count = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Creators whose name begins so");
  const told = document.createElement("span");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  box.after(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    box.setAttribute(name, value);
  }

  let waiting;
  let asking;
  let active = -1;

  const options = () => [...list.children];
  const activate = (at) => {
    active = at;
    options().forEach((option, place) => option.setAttribute("aria-selected", place === at));
    const option = options()[at];
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    told.textContent = "";
    box.setAttribute("aria-expanded", "false");
    activate(-1);
  };
  const part = (name, text) => {
    const made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    return made;
  };
  const drawn = (found, place) => {
    const option = document.createElement("li");
    const [platform] = found.account.split(":", 1);
    const handle = found.account.slice(platform.length + 1);
    const followers = found.followers === null ? "" : `, ${count.format(found.followers)} followers`;
    option.id = `suggestion-${place}`;
    option.setAttribute("role", "option");
    option.dataset.account = found.account;
    option.append(
      part("suggestion-name", found.display_name || handle),
      part("muted", `${platforms[platform] ?? platform} ${handle}${followers}`),
    );
    return option;
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map(drawn));
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
    told.textContent = list.hidden ? "" : `${suggestions.length} creators to choose from`;
  };
  const go = (option) => {
    location.assign(`${box.dataset.accounts}${encodeURIComponent(option.dataset.account)}`);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const query = new URLSearchParams({ q: box.value.trim(), limit: MOST });
    try {
      const answer = await fetch(`${box.dataset.suggest}?${query}`, { signal });
      // Suggestions help and nothing more: where there are none, the search still answers.
      if (answer.ok) show((await answer.json()).suggestions);
      else close();
    } catch {
      if (!signal.aborted) close();
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    if (box.value.trim().length < FEWEST || /["*]|(^|\s)-/.test(box.value)) close();
    else waiting = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    const found = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // the text stays
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") {
      const option = options()[active];
      close();
      if (option) {
        event.preventDefault();
        go(option);
      }
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      // One place more than there are options: the field itself, with nothing chosen.
      const step = event.key === "ArrowDown" ? 1 : -1;
      activate(((active + 1 + step + found + 1) % (found + 1)) - 1);
    }
  });
  box.addEventListener("blur", close);
  // The field keeps the focus while somebody points.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
})();
