// A button beside each field that is there to be copied; without script it is selected and copied by hand.
for (const field of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button quiet small";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${field.dataset.copy}`);
  said.setAttribute("role", "status");
  said.className = "hint";
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied";
    } catch {
      field.select();
      said.textContent = "Selected: copy it with the keyboard";
    }
  });
  field.after(button, said);
}
