"""A photo that someone sends: only its pixels are kept, and a hostile file is a sentence, never an error page."""

import contextlib
import io
import random
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from campaign import photos


def picture(format="JPEG", size=(64, 48), mode="RGB", colour=(200, 30, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, format, **options)
    return out.getvalue()


def sent(content: bytes, name="photo.jpg"):
    return SimpleUploadedFile(name, content)


def opened(photo) -> Image.Image:
    return Image.open(io.BytesIO(photo.read()))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_what_phones_send_becomes_a_jpeg(format):
    image = opened(photos.accept(sent(picture(format))))
    assert image.format == "JPEG"
    assert image.size == (64, 48)
    red, green, blue = image.convert("RGB").getpixel((20, 20))
    assert red > 180 and green < 60 and blue < 60


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (0, 0, 0, 0)), ("P", 0), ("L", 90), ("LA", (9, 0)), ("I;16", 9), ("1", 1)]
)
def test_every_kind_of_png_is_painted(mode, colour):
    assert opened(photos.accept(sent(picture("PNG", mode=mode, colour=colour)))).mode == "RGB"


def test_a_print_picture_in_four_inks_is_painted():
    assert opened(photos.accept(sent(picture(mode="CMYK", colour=(0, 9, 9, 0))))).mode == "RGB"


def test_what_is_transparent_becomes_white():
    photo = photos.accept(sent(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0))))
    assert opened(photo).getpixel((5, 5)) == (255, 255, 255)


def test_the_longest_side_is_1600_pixels():
    assert opened(photos.accept(sent(picture(size=(4000, 1000))))).size == (1600, 400)
    assert opened(photos.accept(sent(picture("PNG", size=(100, 3200))))).size == (50, 1600)


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(photos.accept(sent(picture(size=(60, 30), exif=exif)))).size == (30, 60)


def test_place_device_and_comments_are_gone():
    exif = Image.Exif()
    exif[0x010F], exif[0xA431] = "MARKER-MAKER", "MARKER-SERIAL"
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 2.0, 3.0), 29: "MARKER-GPS"})
    exif.get_ifd(0x9286)
    content = picture(exif=exif, comment=b"MARKER-COMMENT", xmp=b"<x:xmpmeta>MARKER-XMP</x:xmpmeta>")
    assert b"MARKER-MAKER" in content and b"MARKER-COMMENT" in content and b"MARKER-XMP" in content
    photo = photos.accept(sent(content))
    kept = photo.read()
    assert b"MARKER" not in kept
    image = Image.open(io.BytesIO(kept))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_texts_and_profiles_in_a_png_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "MARKER-TEXT")
    texts.add_itxt("XML:com.adobe.xmp", "MARKER-XMP")
    content = picture("PNG", pnginfo=texts, icc_profile=b"MARKER-PROFILE" * 20)
    assert b"MARKER" not in photos.accept(sent(content, "a.png")).read()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


HUGE = png(header(50_000, 50_000), chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000, 9)))
TEXT_BOMB = png(
    header(8, 8),
    chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 80_000_000, 9)),
    chunk(b"IDAT", zlib.compress(b"\0" * 200)),
)

HOSTILE = {
    "a header that claims 2.5 thousand million pixels": HUGE,
    "just above the limit of pixels": png(header(5001, 5000), chunk(b"IDAT", b"")),
    "a text chunk that unpacks to 80 MB": TEXT_BOMB,
    "a drawing that can carry scripts": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a page": b"<!doctype html><html><body>hello</body></html>",
    "text": b"not a picture at all",
    "one byte": b"\xff",
    "zeros": bytes(5000),
    "cut in the middle": picture(size=(900, 900), quality=95)[:2000],
    "only the signature": b"\x89PNG\r\n\x1a\n",
    "an animation format that is not accepted": picture("GIF", mode="P", colour=1),
    "a format of scanners": picture("TIFF"),
    "a program's icon": picture("ICO", size=(32, 32)),
    "a document": b"%PDF-1.7\n" + picture(),
    "an archive after the picture": picture() + b"PK\x03\x04rest" + b"PK\x05\x06" + bytes(18),
    "a script after the picture": picture() + b"<ScRiPt>alert(1)</sCrIpT>",
    "a script in the comment": picture(comment=b"<script>alert(1)</script>"),
    "a program after the picture": picture() + b"<?php system($_GET['c']); ?>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_quickly_and_with_a_sentence(name):
    began = time.perf_counter()
    with pytest.raises(ValidationError) as refusal:
        photos.accept(sent(HOSTILE[name]))
    assert refusal.value.messages[0]
    assert time.perf_counter() - began < 1.0


def test_a_file_over_the_limit_is_refused_before_it_is_read_to_its_end(settings):
    settings.PHOTO_LIMIT_BYTES = 1000
    read = []

    class Endless(io.BytesIO):
        def read(self, size=-1):
            read.append(size)
            return b"x" * size

    with pytest.raises(ValidationError):
        photos.accept(Endless())
    assert read == [1001]


def test_an_empty_file_is_refused():
    with pytest.raises(ValidationError):
        photos.accept(sent(b""))


def test_random_damage_never_raises_anything_but_a_sentence():
    chance = random.Random(7431)
    whole = [picture("JPEG", size=(80, 80)), picture("PNG", size=(80, 80)), picture("WEBP", size=(80, 80))]
    for _turn in range(300):
        broken = bytearray(chance.choice(whole))
        for _spot in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with contextlib.suppress(ValidationError):
            photos.accept(sent(bytes(broken)))


def test_an_accepted_photo_is_not_painted_twice():
    photo = photos.accept(sent(picture()))
    assert photos.accept(photo) is photo


def test_the_same_picture_has_the_same_digest():
    first, second = photos.accept(sent(picture())), photos.accept(sent(picture()))
    assert photos.digest(first) == photos.digest(second)
    assert photos.digest(first) == photos.digest(first.read())
    assert photos.digest(first) != photos.digest(photos.accept(sent(picture(colour=(0, 0, 0)))))
