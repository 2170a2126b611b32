from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shopwright.serve import page_files

PAGE = sorted(path for path in page_files.PAGE.iterdir() if path.is_file())


def test_the_page_and_everything_it_names_is_served(api: TestClient) -> None:
    index = api.get("/")
    assert index.headers["content-type"].startswith("text/html")
    for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', index.text):
        assert api.get(name).status_code == 200, name


def test_files_are_kept_but_asked_for(api: TestClient) -> None:
    first = api.get("/static/main.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/javascript")
    again = api.get("/static/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_large_answers_are_compressed(api: TestClient) -> None:
    assert api.get("/static/style.css", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/api/search", "/nowhere", "/api/search?q=" + "x" * 20_000])
def test_security_headers_are_on_everything(api: TestClient, path: str) -> None:
    headers = api.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pictures_cannot_run_anything(api: TestClient) -> None:
    name = next(page_files.PICTURES.glob("*.svg")).name
    response = api.get(f"/pictures/{name}")
    assert response.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/none-such.svg",
        "/pictures/..%2f..%2fdemo.svg",
        "/pictures/%2e%2e/datasheet.svg",
        "/pictures/....//x.svg",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/types.py",
    ],
)
def test_nothing_outside_is_served(api: TestClient, path: str) -> None:
    assert api.get(path).status_code in (404, 422)


@pytest.mark.parametrize("path", [path for path in PAGE if path.suffix in (".js", ".html")], ids=lambda path: path.name)
def test_the_page_never_parses_text_as_markup(path: Path) -> None:
    source = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\bonclick="
    assert not re.search(dangerous, source)


@pytest.mark.parametrize("path", PAGE, ids=lambda path: path.name)
def test_the_page_loads_nothing_from_elsewhere(path: Path) -> None:
    addresses = re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8"))
    assert set(addresses) <= {"http://www.w3.org"}
