// Large print, chosen on an earlier page, before anything is drawn. portal.js has the button.
try {
  if (localStorage.getItem("large") === "1") document.documentElement.classList.add("large");
} catch (error) {
  // Storage is forbidden here: the page keeps its size.
}
