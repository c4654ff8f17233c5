// Puts a claim into the field that was used last, and shows what results while somebody types; without script the fields offer the claims, and a button shows it.
const result = document.getElementById("result");
const fields = [...document.querySelectorAll("input[list]:not([readonly])")];
const form = fields[0]?.form;
let last = fields[0];
let waiting;
let asked;

async function show() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("preview", "yes");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: body.toString(),
      signal: asked.signal,
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // 409: somebody else changed a field meanwhile. What results is shown all the same.
    const fresh = (answer.ok || answer.status === 409) && page.getElementById("result");
    if (fresh) {
      result.replaceChildren(...fresh.childNodes);
    } else {
      stop("It cannot be shown while you type any more. Load this page again.");
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      stop("The front door did not answer. The button below the form shows what results.");
    }
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(show, 400);
}

function stop(words) {
  clearTimeout(waiting);
  form.removeEventListener("input", soon);
  const said = document.createElement("p");
  said.textContent = words;
  result.append(said);
}

function put(claim) {
  const from = last.selectionStart ?? last.value.length;
  if (last.value.includes("{")) {
    last.setRangeText(`{${claim}}`, from, last.selectionEnd ?? from, "end");
  } else {
    last.value = claim;
  }
  last.dispatchEvent(new Event("input", { bubbles: true }));
}

if (form && result) {
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  for (const field of fields) {
    field.addEventListener("focus", () => {
      last = field;
    });
  }
  for (const cell of document.querySelectorAll("[data-claim]")) {
    const { claim } = cell.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = claim;
    button.addEventListener("click", () => {
      put(claim);
      said.textContent = `“${claim}” stands in “${last.labels[0].textContent}” now.`;
    });
    cell.replaceChildren(button);
  }
  said.textContent = "Press a claim to put it into the field that you used last.";
  document.querySelector("[data-claim]")?.closest("table").before(said);
  form.addEventListener("input", soon);
}
