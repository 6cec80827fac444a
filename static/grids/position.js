// "Attach my position": asked for by a press alone, never by itself. Without this script the address is enough.
(function () {
  "use strict";
  var place = document.querySelector("[data-position]");
  if (!place || !navigator.geolocation) return;
  var button = place.querySelector("button");
  var said = place.querySelector("[role=status]");
  place.hidden = false;
  button.addEventListener("click", function () {
    navigator.geolocation.getCurrentPosition(function (found) {
      document.getElementById("id_longitude").value = found.coords.longitude.toFixed(6);
      document.getElementById("id_latitude").value = found.coords.latitude.toFixed(6);
      said.textContent = said.getAttribute("data-attached");
    }, function () {
      said.textContent = said.getAttribute("data-failed");
    }, { timeout: 10000, maximumAge: 60000 });
  });
}());
