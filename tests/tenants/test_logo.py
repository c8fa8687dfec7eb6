from io import BytesIO

import pytest
from PIL import Image

from roder.infra.errors import Forbidden, InvalidInput
from roder.infra.pictures import redraw
from roder.tenants.files import keep_upload
from roder.tenants.logo import find_logo, set_logo


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Fotad av någon"
    Image.new("RGB", (width, height), "#1f5f8b").save(drawn, kind, exif=exif)
    return drawn.getvalue()


async def test_a_logo_is_kept_as_a_small_picture_without_metadata(town):
    async with await town.work() as work:
        sent = BytesIO(picture(2400, 600))
        file = await keep_upload(work, name="logo.jpg", media_type="image/jpeg", body=sent)
        await set_logo(work, file.id)

    async with await town.work("employee", write=False) as work:
        logo = await find_logo(work)
    with Image.open(BytesIO(logo)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("PNG", (1200, 300), {})


async def test_what_is_no_picture_does_not_become_a_logo(town):
    async with await town.work() as work:
        file = await keep_upload(work, name="a.png", media_type="image/png", body=BytesIO(b"<svg>"))
        with pytest.raises(InvalidInput, match="ingen bild"):
            await set_logo(work, file.id)

    async with await town.work(write=False) as work:
        assert await find_logo(work) is None


async def test_only_a_full_administrator_sets_the_logo(town):
    async with await town.work() as work:
        sent = BytesIO(picture(10, 10))
        file = await keep_upload(work, name="logo.jpg", media_type="image/jpeg", body=sent)
    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await set_logo(work, file.id)


def test_a_picture_that_is_cut_off_is_refused():
    with pytest.raises(InvalidInput, match="ingen bild"):
        redraw(picture(300, 300, "PNG")[:200], widest=100, field="file")


def test_a_picture_of_too_many_pixels_is_refused_by_its_header():
    huge = Image.new("1", (8000, 5001))
    drawn = BytesIO()
    huge.save(drawn, "PNG")

    with pytest.raises(InvalidInput, match="40 megapixel"):
        redraw(drawn.getvalue(), widest=100, field="file")
