/* Fields follow what the server says after a filter was taken out by its chip. A field that is being
   written in, and those that the server does not know, stay as they are. */
(() => {
  // What a person has folded open stays open when the answer comes.
  htmx.config.morphIgnore.push("open");

  const follow = (field) => {
    if (field === document.activeElement && field.type !== "checkbox") return;
    if (field.matches("[data-keep], #q, [type=hidden]")) return;
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else if (field.tagName === "INPUT") field.value = field.defaultValue;
  };
  document.addEventListener("htmx:after:swap", () => {
    for (const field of document.getElementById("search")?.elements ?? []) follow(field);
  });
})();
