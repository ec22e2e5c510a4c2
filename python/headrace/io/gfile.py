"""Files and directories under TensorFlow 2's names; see `tf.gfile`."""

from headrace import gfile
from headrace.gfile import GFile  # noqa: F401, a public name of this module
from headrace.core.public import export


def exists(path):
    """Whether there is such a file or directory."""
    return gfile.Exists(path)


def isdir(path):
    """Whether there is such a directory."""
    return gfile.IsDirectory(path)


def listdir(path):
    """The names in a directory; see `tf.gfile.ListDirectory`."""
    return gfile.ListDirectory(path)


def mkdir(path):
    """Makes a directory; see `tf.gfile.MkDir`."""
    gfile.MkDir(path)


def makedirs(path):
    """Makes a directory and those above it; see `tf.gfile.MakeDirs`."""
    gfile.MakeDirs(path)


def remove(path):
    """Deletes a file; see `tf.gfile.Remove`."""
    gfile.Remove(path)


def rmtree(path):
    """Deletes a directory with all that is in it; see `tf.gfile.DeleteRecursively`."""
    gfile.DeleteRecursively(path)


def copy(src, dst, overwrite=False):
    """Copies a file; see `tf.gfile.Copy`."""
    gfile.Copy(src, dst, overwrite)


def rename(src, dst, overwrite=False):
    """Renames or moves a file or directory; see `tf.gfile.Rename`."""
    gfile.Rename(src, dst, overwrite)


def glob(pattern):
    """Paths that match a pattern; see `tf.gfile.Glob`."""
    return gfile.Glob(pattern)


def stat(path):
    """Size, time of change, and kind of a file; see `tf.gfile.Stat`."""
    return gfile.Stat(path)


def walk(top, topdown=True, onerror=None):
    """Walks a tree of directories.

    Args:
      top: where to start.
      topdown: whether a directory comes before those in it.
      onerror: a function that is called with the error where a directory cannot be listed.

    Yields:
      (path of a directory, names of the directories in it, names of the files in it).
    """
    return gfile._walk(top, topdown, onerror)


export(globals())
