// Looks for the result when the person comes back from the other tab; without script a link does the same.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    location.reload();
  }
});
