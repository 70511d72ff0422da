# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands where pip looks for the build system of Portage's archive, and answers the one question that pip asks of an
archive it only downloads: its name and version. The archive itself is built inside the base, by the real Meson."""

import os

VERSION = os.environ["PORTAGE_VERSION"]


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    name = f"portage-{VERSION}.dist-info"
    os.mkdir(os.path.join(metadata_directory, name))
    with open(os.path.join(metadata_directory, name, "METADATA"), "w", encoding="utf-8") as metadata:
        metadata.write(f"Metadata-Version: 2.1\nName: portage\nVersion: {VERSION}\n")
    return name
