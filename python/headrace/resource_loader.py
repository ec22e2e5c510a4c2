"""Files that stand beside the program."""

import os
import sys

from headrace.core.public import export


def _package():
    return os.path.dirname(os.path.abspath(__file__))


def _directory_of_caller():
    """The folder of the first file outside this one that is being run."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return os.path.dirname(os.path.abspath(frame.f_code.co_filename))


def get_data_files_path():
    """The folder of the file that calls."""
    return _directory_of_caller()


def get_path_to_datafile(path):
    """The path of a file that stands beside the file that calls.

    Args:
      path: its path from there.

    Returns:
      The whole path.
    """
    return os.path.join(_directory_of_caller(), path)


def get_root_dir_with_all_resources():
    """The folder of the package."""
    return _package()


def load_resource(path):
    """The bytes of a file of the package.

    Args:
      path: its path from the folder of the package.

    Returns:
      Bytes.

    Raises:
      FileNotFoundError: there is no such file.
    """
    with open(os.path.join(_package(), path), 'rb') as file:
        return file.read()


def readahead_file_path(path, readahead='128M'):
    """The path itself: no file system of ours reads ahead on demand."""
    return path


export(globals())
