// Draws the layers of the map page. Without this script the list under it says the same.
(function () {
  "use strict";
  var box = document.querySelector("[data-map]");
  if (!box || !window.L) return;
  var said = box.querySelector("[data-said]");
  var keys = box.querySelectorAll("[data-layer]");
  box.hidden = false;
  var map = L.map("map", { zoomControl: false, center: [25.04, 102.71], zoom: 14, maxZoom: 19, zoomSnap: 0.25 });
  L.control.zoom({ zoomInTitle: box.getAttribute("data-zoom-in"), zoomOutTitle: box.getAttribute("data-zoom-out") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (box.getAttribute("data-tiles")) {
    var credit = document.createElement("span");
    credit.textContent = box.getAttribute("data-credit");
    L.tileLayer(box.getAttribute("data-tiles"), { attribution: credit.innerHTML, maxZoom: 19 }).addTo(map);
  }
  var layers = [];
  var waiting = box.querySelectorAll("[data-layer]:checked").length;
  var bounds = null;
  var ABOVE = { bad: 3000, late: 2000, wait: 1000 };

  function line(parent, tag, text) {
    if (!text) return null;
    var made = document.createElement(tag);
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function bubble(feature) {
    var told = feature.properties;
    var out = document.createElement("div");
    var title = document.createElement("p");
    if (told.url) {
      var link = document.createElement("a");
      link.href = told.url;
      link.textContent = told.title;
      title.appendChild(link);
    } else {
      title.textContent = told.title;
    }
    out.appendChild(title);
    line(out, "p", told.text);
    line(out, "p", told.place);
    line(out, "p", told.state);
    return out;
  }

  // What is seen first is all of it, as soon as every layer has come.
  function fit(found) {
    if (waiting < 1) return;
    if (found && found.isValid()) bounds = bounds ? bounds.extend(found) : found;
    waiting -= 1;
    if (!waiting && bounds) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17, animate: false });
  }

  function Drawn(key, number) {
    this.key = key;
    this.number = number;
    this.group = L.layerGroup().addTo(map);
    this.cut = false;
    this.asked = 0;
  }

  function failed() {
    said.textContent = box.getAttribute("data-failed");
    fit(null);
  }

  Drawn.prototype.load = function () {
    var self = this;
    var asked = ++self.asked;
    var address = self.key.getAttribute("data-url");
    if (self.cut) {
      address += (address.indexOf("?") < 0 ? "?" : "&") + "box=" + encodeURIComponent(map.getBounds().toBBoxString());
    }
    var request = new XMLHttpRequest();
    request.open("GET", address);
    request.onload = function () {
      if (asked !== self.asked) return;
      if (request.status !== 200) { failed(); return; }
      fit(self.show(JSON.parse(request.responseText)));
    };
    request.onerror = failed;
    request.send();
  };

  Drawn.prototype.show = function (found) {
    var sign = this.key.getAttribute("data-sign");
    // Things of two kinds at one place stand beside each other.
    var aside = 10 * this.number;
    this.group.clearLayers();
    this.cut = this.cut || found.cut;
    said.textContent = found.cut ? box.getAttribute("data-cut") : said.textContent;
    var drawn = L.geoJSON(found.features.filter(function (one) { return one.geometry; }), {
      style: function () { return { className: "map-zone" }; },
      onEachFeature: function (feature, layer) {
        layer.bindPopup(function () { return bubble(feature); });
        if (feature.geometry.type !== "Point") {
          var name = document.createElement("span");
          name.textContent = feature.properties.title;
          layer.bindTooltip(name, { permanent: true, direction: "center", className: "map-name" });
        }
      },
      pointToLayer: function (feature, place) {
        var icon = document.createElement("span");
        icon.textContent = sign;
        return L.marker(place, {
          alt: feature.properties.title,
          title: feature.properties.title,
          icon: L.divIcon({ html: icon, className: "map-sign map-sign--" + feature.properties.tone, iconSize: [24, 24], iconAnchor: [12 - aside, 12 + aside] }),
          zIndexOffset: ABOVE[feature.properties.tone] || 0
        });
      }
    });
    drawn.addTo(this.group);
    return drawn.getBounds();
  };

  Array.prototype.forEach.call(keys, function (key, number) {
    var drawn = new Drawn(key, number);
    layers.push(drawn);
    if (key.checked) drawn.load();
    key.addEventListener("change", function () {
      if (!drawn.asked) drawn.load();
      if (key.checked) { drawn.group.addTo(map); } else { drawn.group.remove(); }
    });
  });
  map.on("moveend", function () {
    layers.forEach(function (one) { if (one.cut && one.key.checked) one.load(); });
  });
}());
