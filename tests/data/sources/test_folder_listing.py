import os

import numpy as np
import pytest

from stnctl.data.sources.folder_listing import has_class_folders, list_folder
from stnctl.errors import ConfigError, EnvironmentFault, InputError
from tests.data.sources.image_folders import save

PIXELS = np.zeros((2, 3), np.uint8)


def make(root, *paths):
    for path in paths:
        save(root / path, PIXELS)
    return root


def paths(listing):
    return {split: [file.path for file in files] for split, files in listing.files.items()}


def test_list_folder_of_classes(tmp_path):
    listing = list_folder(make(tmp_path, "dog/b.png", "cat/2.png", "cat/1.JPG", "dog/sub/a.gif"))
    assert listing.classes == ("cat", "dog")
    assert paths(listing) == {"train": ["cat/1.JPG", "cat/2.png", "dog/b.png", "dog/sub/a.gif"]}
    assert [file.label for file in listing.files["train"]] == [0, 0, 1, 1]
    assert listing.notes == ()
    assert has_class_folders(tmp_path)
    assert not has_class_folders(tmp_path / "cat")


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Training", "valid", "Testing")])
def test_list_folder_of_splits(tmp_path, names):
    train, validation, test = names
    make(tmp_path, f"{train}/a/1.png", f"{train}/b/1.png", f"{test}/b/2.png")
    make(tmp_path, f"{validation}/a/3.png")
    listing = list_folder(tmp_path)
    assert listing.classes == ("a", "b")
    assert paths(listing) == {
        "train": [f"{train}/a/1.png", f"{train}/b/1.png"],
        "validation": [f"{validation}/a/3.png"],
        "test": [f"{test}/b/2.png"],
    }
    assert listing.files["test"][0].label == 1


def test_list_folder_chooses_classes(tmp_path):
    make(tmp_path, "train/a/1.png", "train/b/1.png", "train/c/1.png", "test/c/2.png")
    listing = list_folder(tmp_path, ["c", "a"])
    assert listing.classes == ("c", "a")
    assert paths(listing) == {"train": ["train/c/1.png", "train/a/1.png"], "test": ["test/c/2.png"]}


def test_list_folder_ignores_other_files(tmp_path):
    make(tmp_path, "a/1.png", "b/1.png", ".git/x.png", "__MACOSX/x.png", "a/.hidden.png")
    for name in ("readme.txt", "Thumbs.db", "labels.csv", "x.svg"):
        (tmp_path / "a" / name).write_text("x", encoding="utf-8")
    listing = list_folder(tmp_path)
    assert paths(listing) == {"train": ["a/1.png", "b/1.png"]}
    [note] = listing.notes
    assert "4 files are ignored" in note
    assert "a/Thumbs.db" in note


def test_list_folder_follows_links_inside(tmp_path):
    make(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "a" / "2.png").symlink_to(tmp_path / "b" / "1.png")
    assert paths(list_folder(tmp_path)) == {"train": ["a/1.png", "a/2.png", "b/1.png"]}


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: link(root / "a" / "x.png", "/etc/passwd"), "a/x.png is a link out of the"),
        (
            lambda root: link(root / "a" / "x.png", "gone"),
            "a link to a file that does not exist",
        ),
        (lambda root: link(root / "c", "/etc"), "/c is a link, expected a folder of images"),
        (lambda root: (root / "c").mkdir(), "/c has no image, expected a file named"),
        (lambda root: (root / "c\x1b[31m").mkdir(), "without control characters"),
        (lambda root: (root / os.fsdecode(b"c\xff")).mkdir(), "expected the name of a class"),
        (lambda root: (root / ("c" * 101)).mkdir(), "a text of at most 100 characters"),
    ],
)
def test_list_folder_rejects(tmp_path, change, message):
    change(make(tmp_path, "a/1.png", "b/1.png"))
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        list_folder(tmp_path)


def test_list_folder_rejects_a_single_class(tmp_path):
    with pytest.raises(InputError, match="has 1 folders of classes, expected 2 to 1000") as caught:
        list_folder(make(tmp_path, "a/1.png"))
    assert "folders train and test" in caught.value.hint


def test_list_folder_rejects_a_class_without_training_images(tmp_path):
    make(tmp_path, "train/a/1.png", "train/b/1.png", "test/bb/1.png")
    with pytest.raises(InputError, match="test/bb is no class of the training set, did you mean b"):
        list_folder(tmp_path)


def test_list_folder_rejects_an_empty_split(tmp_path):
    make(tmp_path, "train/a/1.png", "train/b/1.png")
    (tmp_path / "test").mkdir()
    with pytest.raises(InputError, match="test has no image of a class"):
        list_folder(tmp_path)


def test_list_folder_rejects_unknown_classes(tmp_path):
    with pytest.raises(ConfigError, match=r"data\.classes: expected the name of a folder in"):
        list_folder(make(tmp_path, "a/1.png", "dog/1.png"), ["a", "dogs"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_list_folder_rejects_closed_folder(tmp_path):
    make(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "b").chmod(0)
    with pytest.raises(EnvironmentFault, match="can't read the folder"):
        list_folder(tmp_path)
    (tmp_path / "b").chmod(0o700)
