// Posts the hand-over form; without script its button does the same.
document.querySelector("form[data-post]")?.submit();
