// "Attach my position": asked for by a press alone, never by itself. Without this script the address is enough.
(function () {
  "use strict";
  if (!navigator.geolocation) return;

  function field(place, name) {
    return place.querySelector("input[name$=" + name + "]") || document.getElementById("id_" + name);
  }

  // Also for forms that come onto the page later.
  window.offerPosition = function (root) {
    Array.prototype.forEach.call(root.querySelectorAll("[data-position]"), function (place) { place.hidden = false; });
  };
  window.offerPosition(document);

  document.addEventListener("click", function (event) {
    var place = event.target.closest && event.target.closest("[data-position]");
    if (!place || !event.target.closest("button")) return;
    var said = place.querySelector("[role=status]");
    navigator.geolocation.getCurrentPosition(function (found) {
      field(place, "longitude").value = found.coords.longitude.toFixed(6);
      field(place, "latitude").value = found.coords.latitude.toFixed(6);
      said.textContent = said.getAttribute("data-attached");
    }, function () {
      said.textContent = said.getAttribute("data-failed");
    }, { timeout: 10000, maximumAge: 60000 });
  });
}());
