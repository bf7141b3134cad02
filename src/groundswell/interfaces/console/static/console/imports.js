/* Handing a file in: drop it anywhere on the field, see how much has been sent, stop it. */
(() => {
  const form = document.getElementById("hand-in");
  const input = form.elements.file;
  const drop = form.querySelector(".drop");
  const chosen = form.querySelector(".drop-chosen");
  const sending = form.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const said = sending.querySelector('[role="status"]');
  const stop = form.querySelector("[data-stop]");
  const send = form.querySelector('button[type="submit"]');
  const errors = document.getElementById("hand-in-error");
  let request = null;

  const size = (bytes) => {
    const units = ["bytes", "KB", "MB", "GB"];
    const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
    return `${(bytes / 1024 ** power).toLocaleString("en", { maximumFractionDigits: power ? 1 : 0 })} ${units[power]}`;
  };
  const fail = (text) => {
    errors.replaceChildren();
    if (!text) return;
    const note = document.createElement("div");
    note.className = "note is-bad";
    note.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = text;
    note.append(document.createElement("span"), words);
    errors.append(note);
  };
  const show = () => {
    const file = input.files[0];
    chosen.textContent = file ? `${file.name}, ${size(file.size)}` : "";
    fail(file && file.size > Number(form.dataset.largest) ? `${file.name} has ${size(file.size)}, more than one file may have: split it, or pack it with gzip.` : "");
    if (file && !file.size) fail(`${file.name} is empty.`);
  };
  input.addEventListener("change", show);
  show(); // the browser may have kept a choice

  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    if (event.dataTransfer.files.length > 1) fail("One file at a time: the first one was taken.");
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event("change"));
  });

  const rest = () => {
    request = null;
    sending.hidden = stop.hidden = true;
    send.disabled = false;
  };
  const answered = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = { detail: "The server did not take the file. Reload the page and send it again." };
    }
    if (answer.url) {
      said.textContent = "Read: here it comes";
      location.assign(answer.url);
      return;
    }
    rest();
    fail(answer.detail);
  };
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    if (request || !file.size || file.size > Number(form.dataset.largest)) return show();
    fail("");
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    const begun = performance.now();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? loaded / total : 0;
      const passed = (performance.now() - begun) / 1000;
      const left = loaded && passed > 2 ? (passed * (total - loaded)) / loaded : null;
      const until = left === null ? "" : left < 60 ? `, about ${Math.ceil(left)} s left` : `, about ${Math.round(left / 60)} min left`;
      said.textContent = loaded < total ? `${size(loaded)} of ${size(total)}${until}` : "sent; its first rows are being read";
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", () => {
      rest();
      fail("The connection was lost before all of the file had arrived, and nothing of it was kept. Send it again.");
    });
    request.addEventListener("abort", rest);
    const body = new FormData(form);
    sending.hidden = stop.hidden = false;
    bar.value = 0;
    said.textContent = "";
    setTimeout(() => (send.disabled = true));
    request.send(body);
  });
  stop.addEventListener("click", () => request?.abort());
  addEventListener("pageshow", (event) => event.persisted && rest());
})();
