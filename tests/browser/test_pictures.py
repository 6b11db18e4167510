"""Pictures of articles in a real browser: chosen, pasted, dropped, taken away and brought back."""

import base64

import pytest
from django.contrib.auth.models import User

from articles.models import Picture
from tests.browser import axe
from tests.browser.test_desk import save
from tests.browser.waiting import wait_until
from tests.support.desk import change_url
from tests.support.factories import image_file, make_digest

# A file in a transfer as a browser makes it, which the address of the data does not do.
SEND = """(element, [kind, content, name]) => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: 'image/png'}));
    const event = kind === 'paste'
        ? new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true, cancelable: true})
        : new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
    return element.dispatchEvent(event);
}"""
SHOWN = "() => document.querySelector('[data-picture] [data-picture-image]').naturalWidth > 0"


@pytest.fixture
def desk(page, context, client, live_server):
    editor = User.objects.create_superuser("editor", password="correct horse")
    client.force_login(editor)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    return page


@pytest.fixture
def digest():
    return make_digest(articles=1, published=False)


def send(place, kind, color):
    content = base64.b64encode(image_file(color=color)).decode()
    return place.evaluate(SEND, [kind, content, "chip.png"])


def picture_of(digest):
    article = digest.articles.get()
    return article.picture and article.picture.pk


def test_a_chosen_picture_is_uploaded_described_and_saved(desk, digest):
    desk.goto(change_url(digest))
    part = desk.locator("[data-picture]")
    part.locator("summary").click()
    part.locator("[data-picture-file]").set_input_files(
        {"name": "chip.png", "mimeType": "image/png", "buffer": image_file()}
    )
    wait_until(desk, SHOWN)
    assert desk.evaluate("document.activeElement.name") == "articles-0-picture_alt"
    desk.keyboard.type("칩 사진")
    frame = desk.frame_locator("iframe")
    frame.locator('.picture img[alt="칩 사진"]').wait_for()
    assert frame.locator(".picture img").evaluate("image => image.decode().then(() => true)")
    assert axe.violations(desk) == []
    save(desk)
    assert picture_of(digest) == Picture.objects.get().pk
    desk.reload()
    wait_until(desk, SHOWN)


def test_pictures_are_pasted_and_dropped_and_a_miss_does_no_harm(desk, digest):
    desk.goto(change_url(digest))
    send(desk.locator("[name$=-headline]").first, "paste", "navy")
    wait_until(desk, SHOWN)
    first = desk.input_value("[name=articles-0-picture]")
    assert send(desk.locator("[name$=-points]").first, "drop", "red") is False
    assert desk.input_value("[name=articles-0-picture]") == first
    send(desk.locator("[data-picture-drop]").first, "drop", "red")
    wait_until(
        desk, "first => document.querySelector('[name=articles-0-picture]').value !== first", first
    )
    assert Picture.objects.count() == 2


def test_what_is_removed_comes_back_with_its_words(desk, digest):
    desk.goto(change_url(digest))
    send(desk.locator("[name$=-headline]").first, "paste", "navy")
    wait_until(desk, SHOWN)
    uid = desk.input_value("[name=articles-0-picture]")
    desk.fill("[name=articles-0-picture_alt]", "칩")
    desk.click("[data-picture-remove]")
    assert desk.input_value("[name=articles-0-picture]") == ""
    assert desk.input_value("[name=articles-0-picture_alt]") == ""
    desk.click("[data-picture-undo]")
    assert desk.input_value("[name=articles-0-picture]") == uid
    assert desk.input_value("[name=articles-0-picture_alt]") == "칩"
    desk.click("[data-picture-remove]")
    save(desk)
    assert picture_of(digest) is None


@pytest.mark.expects_console_errors  # a refusal is a 400
def test_a_refused_file_says_why_and_keeps_the_text(desk, digest):
    desk.goto(change_url(digest))
    desk.fill("[name=articles-0-headline]", "쓰던 제목")
    desk.locator("[data-picture] summary").click()
    desk.locator("[data-picture-file]").set_input_files(
        {"name": "chip.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)/>"}
    )
    wait_until(
        desk, "() => document.querySelector('[data-picture-status]').textContent.includes('AVIF')"
    )
    assert desk.input_value("[name=articles-0-headline]") == "쓰던 제목"
    assert desk.input_value("[name=articles-0-picture]") == ""


def test_articles_added_later_take_pictures_too(desk, digest):
    desk.goto(change_url(digest))
    desk.click("[data-add]")
    send(desk.locator("[name=articles-1-headline]"), "paste", "navy")
    wait_until(desk, "() => document.querySelector('[name=articles-1-picture]').value !== ''")
    assert desk.locator("[name$=picture_file]").count() == 0
