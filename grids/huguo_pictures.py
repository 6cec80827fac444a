"""The photos of the demo's cases, drawn by us: a pavement with what is wrong on it, and after it was put right."""

from collections.abc import Callable

from PIL import Image, ImageDraw


def draw(theme: str, stage: str) -> Image.Image:
    """A picture of a theme, "before" or "after"."""
    image = Image.new("RGB", (960, 720), "#cfd8dc")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 960, 300), fill="#b7c4cb")  # a wall
    for x in range(0, 960, 160):
        pen.rectangle((x + 30, 60, x + 130, 210), fill="#9fb0b9")
    pen.rectangle((0, 300, 960, 330), fill="#8d9aa1")
    for row in range(5):  # the pavement
        for column in range(9):
            left, top = column * 120 - (row % 2) * 60, 330 + row * 78
            pen.rectangle((left, top, left + 116, top + 74), fill="#c9c2b4", outline="#a79f8f")
    if stage == "before":
        _DISORDER[theme](pen)
    else:
        _ORDER.get(theme, lambda pen: None)(pen)
    return image


def _litter(pen: ImageDraw.ImageDraw) -> None:
    for number, colour in enumerate(("#5d6d5e", "#37474f", "#6d4c41", "#455a64", "#7b6a4f")):
        left = 250 + number * 90
        pen.ellipse((left, 470 - (number % 2) * 50, left + 150, 620), fill=colour)


def _broken(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(300, 420), (520, 400), (610, 500), (480, 600), (290, 560)], fill="#6f675a")
    for x, y in ((330, 440), (450, 480), (520, 540)):
        pen.polygon([(x, y), (x + 70, y + 15), (x + 40, y + 60)], fill="#b5ad9e", outline="#7f786b")


def _bicycle(pen: ImageDraw.ImageDraw, x: int, y: int, slope: int) -> None:
    for wheel in (x, x + 110):
        pen.ellipse((wheel, y, wheel + 80, y + 80), outline="#37474f", width=8)
    pen.line((x + 40, y + 40, x + 80, y - 30 + slope, x + 150, y + 40), fill="#8d6e63", width=8)


def _scattered(pen: ImageDraw.ImageDraw) -> None:
    for x, y, slope in ((120, 380, 0), (260, 500, 20), (440, 400, -10), (560, 560, 15), (680, 430, 5)):
        _bicycle(pen, x, y, slope)


def _in_line(pen: ImageDraw.ImageDraw) -> None:
    for x in range(60, 860, 230):
        _bicycle(pen, x, 360, 0)


def _posters(pen: ImageDraw.ImageDraw) -> None:
    for number in range(12):
        left, top = 40 + number * 75, 80 + (number * 53) % 120
        pen.rectangle((left, top, left + 60, top + 80), fill=("#f5f0dc", "#e6d6a8", "#dfe7ea")[number % 3])


def _stall(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(240, 330), (720, 330), (780, 400), (180, 400)], fill="#8d6e63")
    pen.rectangle((220, 400, 740, 560), fill="#bcaaa4")
    for x in range(250, 720, 90):
        pen.rectangle((x, 430, x + 60, 520), fill="#78909c")


def _bare(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((260, 420, 700, 640), fill="#8b7355")
    pen.line((480, 530, 470, 430), fill="#5d4037", width=10)


def _planted(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((260, 420, 700, 640), fill="#7d8f69")
    for x in range(300, 660, 60):
        pen.ellipse((x, 440, x + 80, 560), fill="#6a8059")


_DISORDER: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "litter": _litter,
    "paving": _broken,
    "bicycles": _scattered,
    "posters": _posters,
    "stall": _stall,
    "green": _bare,
}
_ORDER: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {"bicycles": _in_line, "green": _planted}
