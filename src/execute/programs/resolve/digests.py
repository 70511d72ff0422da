"""Digests of texts, files and folders: names and contents, never times."""

import hashlib
import os


def sha256_of(*chunks):
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "surrogateescape"))
        digest.update(b"\0")
    return digest.hexdigest()


def file_digest(path):
    with open(path, "rb") as opened:
        return sha256_of(opened.read())


def tree_digest(folder, inside=()):
    """One digest for names and contents below a folder; empty text where there is none.

    What a link leads to counts as well as where it leads: whoever opens the one gets the other.
    """
    if not os.path.isdir(folder):
        return ""
    inside = (*inside, os.path.realpath(folder))
    parts = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(base, name))]
        for name in sorted(names + links):
            path = os.path.join(base, name)
            parts.append(os.path.relpath(path, folder))
            if os.path.islink(path):
                parts.append(os.readlink(path))
            if os.path.isfile(path):
                parts.append(file_digest(path))
            elif name in links and os.path.realpath(path) not in inside:
                parts.append(tree_digest(path, inside))
    return sha256_of(*parts)
