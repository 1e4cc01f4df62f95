import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from stnctl.data.sources.download import DownloadError, download
from tests.data.conftest import sending

BODY = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()


def fetch(url, target, **options):
    download(
        url, target, **{"checksum": f"sha256:{SHA256}", "max_bytes": 10**6, "timeout": 5} | options
    )


def test_download_roundtrip(tmp_path, server):
    target, seen = tmp_path / "new" / "folder" / "file", []
    fetch(server.url(sending(BODY)), target, progress=lambda *step: seen.append(step))
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]
    assert seen[-1] == (len(BODY), len(BODY))
    assert seen == sorted(seen)


def test_download_roundtrip_without_length(tmp_path, server):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    seen = []
    fetch(server.url(answer), tmp_path / "file", progress=lambda *step: seen.append(step))
    assert (tmp_path / "file").read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


def test_download_sends_a_password_to_one_host(tmp_path, server):
    """The redirect leads to the same server by another name."""
    logins = []

    def answer(handler):
        logins.append(handler.headers["Authorization"])
        sending(BODY)(handler)

    def redirecting(handler):
        logins.append(handler.headers["Authorization"])
        handler.send_response(302)
        handler.send_header("Location", server.url(answer, "/other"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    url = server.url(redirecting).replace("//", "//me:se%20cret@")
    fetch(url, tmp_path / "file")
    assert logins == ["Basic bWU6c2UgY3JldA==", None]
    assert (tmp_path / "file").read_bytes() == BODY


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@127.0.0.1:1/file",
        "http://127.0.0.1:1/file?token=secret#secret",
        "http://me:secret@127.0.0.1:port/file",
        "http://me:secret@[bad/file",
        "http://me:secret@\u2100/file",
        "http://me:sec/ret@127.0.0.1:1/file",
        "ftp://me:secret@127.0.0.1/file",
        "me:secret@127.0.0.1",
    ],
)
def test_download_hides_passwords(tmp_path, url):
    with pytest.raises(DownloadError) as caught:
        fetch(url, tmp_path / "file")
    assert "secret" not in str(caught.value)
    assert "sec/" not in str(caught.value)


@pytest.mark.parametrize("target", ["ftp://me:secret@host/", "http://me:secret@\u2100:secret/"])
def test_download_hides_passwords_of_redirects(tmp_path, server, target):
    def answer(handler):
        handler.send_response(302, f"see {target}")
        handler.send_header("Location", target.encode().decode("latin-1"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with pytest.raises(DownloadError) as caught:
        fetch(server.url(answer), tmp_path / "file")
    assert "secret" not in str(caught.value)


def stall(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"first")
    handler.wfile.flush()
    handler.connection.recv(1)  # until the client gives up


def redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", "ftp://127.0.0.1/file")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def break_chunks(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"100\r\nno 256 bytes")


@pytest.mark.parametrize(
    ("answer", "options", "message"),
    [
        (sending(b"gone", status=404), {}, "the server answered 404 Not Found"),
        (sending(b"", status=503), {}, "the server answered 503 Service Unavailable"),
        (
            sending(BODY),
            {"checksum": f"sha256:{'0' * 64}"},
            f"its sha256 is {SHA256}, expected {'0' * 64}",
        ),
        (sending(b""), {}, "is another file: its sha256 is e3b0c442"),
        (sending(BODY), {"max_bytes": 1000}, "is larger than the 1,000 bytes expected"),
        (sending(BODY[:999], 1000), {}, "ended after 999 of 1,000 bytes"),
        (stall, {"timeout": 0.2}, "the server sent nothing for 0.2 seconds"),
        (break_chunks, {}, "the connection ended before the file did"),
        (redirect, {}, "Redirection to url 'ftp://127.0.0.1/file'|unknown url type: ftp"),
        (lambda _: None, {}, "closed connection without response"),
    ],
)
def test_download_rejects(tmp_path, server, answer, options, message):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(DownloadError, match=f"127.0.0.1.*({message})"):
        fetch(server.url(answer), target, **options)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_download_rejects_too_large_without_length(tmp_path, server):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    with pytest.raises(DownloadError, match="larger than the 1,000 bytes"):
        fetch(server.url(answer), tmp_path / "file", max_bytes=1000)
    assert list(tmp_path.iterdir()) == []


def test_download_rejects_refused_connection(tmp_path):
    with socket.socket() as bound:  # bound, but not listening
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/file"
        with pytest.raises(DownloadError, match="Connection refused"):
            fetch(url, tmp_path / "file")


def test_download_rejects_unknown_host(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DownloadError, match=r"its host can't be found \(Name or service"):
        fetch("http://mirror.invalid/file", tmp_path / "file")


@pytest.mark.parametrize("url", ["ftp://host/file", "file:///etc/hostname", "mnist.npz", ""])
def test_download_rejects_scheme(tmp_path, url):
    with pytest.raises(DownloadError, match="expected an http or https address"):
        fetch(url, tmp_path / "file")


@pytest.mark.parametrize("url", ["http://", "http://[", "http://host:port/", "http://a b/"])
def test_download_rejects_malformed(tmp_path, url):
    with pytest.raises(DownloadError, match="can't download http"):
        fetch(url, tmp_path / "file")


def test_download_rejects_unwritable(tmp_path, server):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=r"can't write .*file/inner/target"):
        fetch(server.url(sending(BODY)), tmp_path / "file" / "inner" / "target")


def test_download_interrupted_leaves_nothing(tmp_path, server):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server.url(sending(BODY)), tmp_path / "file", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_download_removes_leftovers_of_a_killed_one(tmp_path, server):
    """Once they are old; the file of a running download stays at any age."""
    child, kept = start_stalled(tmp_path, server)
    age(kept)
    fetch(server.url(sending(BODY), "/whole"), tmp_path / "file")
    assert kept.exists()

    child.kill()
    child.wait()
    fetch(server.url(sending(BODY), "/whole"), tmp_path / "file")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_download_keeps_young_and_other_files(tmp_path, server):
    (tmp_path / "notes").touch()
    (tmp_path / ".tmp-folder").mkdir()
    (tmp_path / ".tmp-link").symlink_to("notes")
    (tmp_path / ".tmp-young").touch()
    for name in ("notes", ".tmp-folder", ".tmp-link"):
        age(tmp_path / name)
    before = set(tmp_path.iterdir())
    fetch(server.url(sending(BODY)), tmp_path / "file")
    assert set(tmp_path.iterdir()) == before | {tmp_path / "file"}


def start_stalled(folder, server):
    """Start a download that never ends; return its process and its temporary file."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from stnctl.data.sources.download import download\n"
        "download(sys.argv[1], Path(sys.argv[2]), checksum='md5:', max_bytes=10**6, timeout=9)\n"
    )
    url = server.url(stall, "/stalled")
    child = subprocess.Popen([sys.executable, "-c", code, url, str(folder / "file")])
    while not (found := list(folder.glob(".tmp-*"))) or not is_locked(found[0]):
        assert child.poll() is None
        time.sleep(0.01)
    return child, found[0]


def is_locked(path):
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def age(path):
    """Set the age of a file to two hours."""
    then = time.time() - 7200
    os.utime(path, (then, then), follow_symlinks=False)


def test_download_in_parallel(tmp_path, server):
    both_requested = threading.Barrier(2, timeout=60)

    def answer(handler):
        both_requested.wait()
        sending(BODY)(handler)

    url, target = server.url(answer), tmp_path / "file"
    threads = [threading.Thread(target=fetch, args=(url, target)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() == BODY
    assert list(tmp_path.iterdir()) == [target]
