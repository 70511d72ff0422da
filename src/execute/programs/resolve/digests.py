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


def tree_digest(folder):
    """One digest for names and contents below a folder; empty text where there is none."""
    if not os.path.isdir(folder):
        return ""
    parts = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            parts.append(os.path.relpath(path, folder))
            parts.append(os.readlink(path) if os.path.islink(path) else file_digest(path))
    return sha256_of(*parts)
