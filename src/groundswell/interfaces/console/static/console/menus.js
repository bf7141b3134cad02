/* Menus that open from a button, and panels that slide in from the side where the window is narrow.
   The markup and the looks are Bootstrap's; of its scripts nothing else was needed. */
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- Menus ----

  const menuOf = (button) => button.parentElement.querySelector(".dropdown-menu");
  const itemsOf = (menu) => all(".dropdown-item:not(:disabled)", menu);
  const setMenu = (button, isOpen) => {
    const menu = menuOf(button);
    menu.dataset.bsPopper = "static"; // by which the style sheet places it
    menu.classList.toggle("show", isOpen);
    button.classList.toggle("show", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  const openMenus = () => all('[data-bs-toggle="dropdown"][aria-expanded="true"]');
  const closeMenus = (except) => {
    for (const button of openMenus()) if (button !== except) setMenu(button, false);
  };
  const moveInMenu = (button, event) => {
    const items = itemsOf(menuOf(button));
    if (!items.length) return;
    event.preventDefault();
    setMenu(button, true);
    const last = items.length - 1;
    const at = items.indexOf(document.activeElement);
    const places = {
      ArrowDown: at < last ? at + 1 : 0,
      ArrowUp: at > 0 ? at - 1 : last,
      Home: 0,
      End: last,
    };
    items[places[event.key]].focus();
  };

  // ---- Panels ----

  let opened; // the panel that is open, with its button and its backdrop
  const focusable = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary";
  const canBeReached = (element) => element.getClientRects().length > 0;
  const closePanel = (returnsFocus = true) => {
    if (!opened) return;
    const { panel, button, backdrop } = opened;
    opened = undefined;
    panel.classList.remove("show");
    panel.removeAttribute("aria-modal");
    panel.removeAttribute("role");
    backdrop.remove();
    document.body.classList.remove("is-behind");
    if (returnsFocus) button.focus();
  };
  const openPanel = (button) => {
    closeMenus();
    const panel = document.querySelector(button.dataset.bsTarget);
    const backdrop = document.createElement("div");
    backdrop.className = "offcanvas-backdrop fade show";
    backdrop.addEventListener("click", () => closePanel());
    document.body.append(backdrop);
    document.body.classList.add("is-behind");
    panel.classList.add("show");
    panel.setAttribute("aria-modal", "true");
    panel.setAttribute("role", "dialog");
    opened = { panel, button, backdrop };
    panel.focus();
  };
  const keepFocus = (event) => {
    const reached = all(focusable, opened.panel).filter(canBeReached);
    const [first, last] = [reached[0], reached.at(-1)];
    const here = document.activeElement;
    const leaves = event.shiftKey ? here === first || here === opened.panel : here === last;
    if (!first || (opened.panel.contains(here) && !leaves)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  };
  // Where the window is wide the panel is a part of the page.
  addEventListener("resize", () => {
    if (opened && getComputedStyle(opened.panel).position !== "fixed") closePanel(false);
  });

  // ---- Both ----

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-bs-toggle], [data-bs-dismiss]");
    closeMenus(button);
    if (!button) return;
    if (button.dataset.bsDismiss) closePanel();
    else if (button.dataset.bsToggle === "offcanvas") openPanel(button);
    else setMenu(button, button.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    const [button] = openMenus();
    if (event.key === "Escape" && button) {
      setMenu(button, false);
      button.focus();
    } else if (event.key === "Escape") closePanel();
    else if (event.key === "Tab" && opened) keepFocus(event);
    else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      const menu = event.target.closest?.(".dropdown-menu.show");
      const own = menu ? button : event.target.closest?.('[data-bs-toggle="dropdown"]');
      if (own) moveInMenu(own, event);
    }
  });
  // Tabbing on leaves the menu behind closed.
  document.addEventListener("focusin", (event) => {
    for (const button of openMenus()) {
      if (!button.parentElement.contains(event.target)) setMenu(button, false);
    }
  });
})();
