"""Files and directories, with errors as `tf.errors`.

Names are paths of the local file system, as text, bytes or path objects; a leading `file://` is dropped.
"""

import errno
import fnmatch
import os
import re
import shutil

from headrace import errors
from headrace.core.public import export

_CLASS_OF_ERRNO = {
    errno.ENOENT: errors.NotFoundError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.ENOTEMPTY: errors.FailedPreconditionError,
    errno.EBUSY: errors.UnavailableError,
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EDQUOT: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.ENFILE: errors.ResourceExhaustedError,
    errno.ENOMEM: errors.ResourceExhaustedError,
}
_MODES = ('r', 'w', 'a', 'r+', 'w+', 'a+')


def _path(name):
    """The local path that a name stands for, as text."""
    if not isinstance(name, (str, bytes, os.PathLike)):
        raise TypeError(f'Expected binary or unicode string, got {name!r}')
    path = os.fsdecode(name)
    scheme = re.match(r'([a-zA-Z][a-zA-Z0-9+.\-]*)://', path)
    if not scheme:
        return path
    if scheme.group(1) != 'file':
        raise errors.UnimplementedError(None, None, f"File system scheme '{scheme.group(1)}' not implemented "
                                                    f"(file: '{path}')")
    return path[len('file://'):]


class _translated:
    """Turns errors of the operating system into `tf.errors` that name the path."""

    def __init__(self, path):
        self._path = path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, OSError):
            cls = _CLASS_OF_ERRNO.get(error.errno, errors.UnknownError)
            raise cls(None, None, f'{self._path}; {error.strerror or error}') from error


class GFile:
    """A file to read or write: text as UTF-8, or bytes where the mode has a 'b'.

    Nothing is opened before the first read or write. Writing starts with an empty file unless the mode is 'a' or 'a+'.
    """

    def __init__(self, name, mode='r'):
        """Prepares to open a file.

        Args:
          name: the path.
          mode: 'r', 'w', 'a', 'r+', 'w+', 'a+', each with or without 'b' at its end or before the '+'.

        Raises:
          InvalidArgumentError: there is no such mode.
        """
        self.__name = name
        self.__mode = mode
        plain = mode.replace('b', '')
        if plain not in _MODES:
            raise errors.InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._binary = 'b' in mode
        self._may_read = plain in ('r', 'r+', 'w+', 'a+')
        self._may_write = plain != 'r'
        self._write_mode = 'ab' if 'a' in plain else 'wb'
        self._reader = None
        self._writer = None

    @property
    def name(self):
        """The path, as it was given."""
        return self.__name

    @property
    def mode(self):
        """The mode, as it was given."""
        return self.__mode

    def _reading(self):
        if not self._may_read:
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        self.flush()
        if self._reader is None:
            path = _path(self.__name)
            with _translated(path):
                self._reader = open(path, 'rb')
        return self._reader

    def _writing(self):
        if not self._may_write:
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        if self._writer is None:
            path = _path(self.__name)
            with _translated(path):
                self._writer = open(path, self._write_mode)
        return self._writer

    def _result(self, data):
        return data if self._binary else data.decode('utf-8')

    def read(self, n=-1):
        """Reads `n` bytes, or all that are left where `n` is -1.

        Returns:
          Bytes in binary mode, else their text; empty at the end of the file.

        Raises:
          PermissionDeniedError: the file is for writing.
          NotFoundError: there is no such file.
          UnicodeDecodeError: the bytes are not the UTF-8 of a text.
        """
        with _translated(self.__name):
            return self._result(self._reading().read(n))

    def readline(self):
        """Reads one line with its end of line; empty at the end of the file. Carriage returns are dropped."""
        with _translated(self.__name):
            return self._result(self._reading().readline().replace(b'\r', b''))

    def readlines(self):
        """Reads the lines that are left, as a list."""
        return list(self)

    def write(self, file_content):
        """Writes text, as UTF-8, or bytes at the end of what was written.

        Raises:
          PermissionDeniedError: the file is for reading.
          TypeError: the content is neither text nor bytes.
        """
        if isinstance(file_content, str):
            file_content = file_content.encode('utf-8')
        if not isinstance(file_content, (bytes, bytearray)):
            raise TypeError(f'Expected binary or unicode string, got {file_content!r}')
        with _translated(self.__name):
            self._writing().write(file_content)

    def seek(self, offset=None, whence=0, position=None):
        """Moves the place of the next read.

        Args:
          offset: how far, in bytes.
          whence: 0: from the start, 1: from here, 2: from the end of the file.
          position: old name of `offset`.

        Raises:
          TypeError: no offset is given.
          InvalidArgumentError: `whence` is something else, or the place lies before the start.
          OutOfRangeError: the place lies past the end.
        """
        offset = position if offset is None else offset
        if offset is None:
            raise TypeError('seek(): offset argument required')
        reader = self._reading()
        if whence == 1:
            offset += reader.tell()
        elif whence == 2:
            offset += self.size()
        elif whence != 0:
            raise errors.InvalidArgumentError(None, None, f'Invalid whence argument: {whence}. Valid values are 0, 1, '
                                                          'or 2.')
        if offset < 0:
            raise errors.InvalidArgumentError(None, None, f'Seeking to a negative position: {offset}')
        if offset > self.size():
            raise errors.OutOfRangeError(None, None, f'reached end of file: {self.__name} has {self.size()} bytes')
        reader.seek(offset)

    def tell(self):
        """The place of the next read, or of the next write in a file that is only for writing."""
        return self._reading().tell() if self._may_read else self._writing().tell()

    def seekable(self):
        """True: all files are."""
        return True

    def size(self):
        """The number of bytes in the file."""
        return Stat(self.__name).length

    def flush(self):
        """Hands what was written to the operating system."""
        if self._writer is not None:
            with _translated(self.__name):
                self._writer.flush()

    def close(self):
        """Closes the file; reading or writing opens it again."""
        reader, writer, self._reader, self._writer = self._reader, self._writer, None, None
        with _translated(self.__name):
            for file in filter(None, (reader, writer)):
                file.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def next(self):
        """The next line; `StopIteration` at the end of the file."""
        return self.__next__()

    def __enter__(self):
        """The file itself; it is closed when the block ends."""
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        """Closes the file."""
        self.close()


Open = GFile


class FastGFile(GFile):
    """The same as `GFile`."""


class FileStatistics:
    """What `Stat` tells of a file."""

    def __init__(self, length, mtime_nsec, is_directory):
        """Keeps the facts.

        Args:
          length: the number of bytes.
          mtime_nsec: the time of the last change, in nanoseconds since 1970.
          is_directory: whether it is a directory.
        """
        self.length = length
        self.mtime_nsec = mtime_nsec
        self.is_directory = is_directory

    def __repr__(self):
        return f'FileStatistics(length={self.length}, mtime_nsec={self.mtime_nsec}, is_directory={self.is_directory})'


def Stat(filename):
    """Size, time of change, and kind of a file.

    Raises:
      NotFoundError: there is no such file.
    """
    path = _path(filename)
    with _translated(path):
        facts = os.stat(path)
    is_directory = os.path.isdir(path)
    return FileStatistics(facts.st_size, facts.st_mtime_ns, is_directory)


def Exists(filename):
    """Whether there is such a file or directory."""
    return os.path.exists(_path(filename))


def IsDirectory(dirname):
    """Whether there is such a directory."""
    return os.path.isdir(_path(dirname))


def ListDirectory(dirname):
    """The names in a directory, in no order, without '.' and '..'.

    Raises:
      NotFoundError: there is no such directory.
    """
    if not IsDirectory(dirname):
        raise errors.NotFoundError(None, None, f'Could not find directory {_path(dirname)}')
    with _translated(dirname):
        return os.listdir(_path(dirname))


def MkDir(dirname):
    """Makes a directory, where there is none of that name.

    Raises:
      NotFoundError: the directory that would hold it does not exist.
    """
    path = _path(dirname)
    if not os.path.exists(path):
        with _translated(path):
            os.mkdir(path)


def MakeDirs(dirname):
    """Makes a directory and those above it, as far as they are missing.

    Raises:
      FailedPreconditionError: a file stands in the way.
    """
    path = _path(dirname)
    if not os.path.exists(path):
        with _translated(path):
            os.makedirs(path, exist_ok=True)


def Remove(filename):
    """Deletes a file.

    Raises:
      NotFoundError: there is no such file.
      FailedPreconditionError: it is a directory.
    """
    path = _path(filename)
    with _translated(path):
        os.remove(path)


def DeleteRecursively(dirname):
    """Deletes a directory with all that is in it.

    Raises:
      NotFoundError: there is no such directory.
      FailedPreconditionError: it is a file.
    """
    path = _path(dirname)
    with _translated(path):
        shutil.rmtree(path)


def _refuse_existing(path, overwrite):
    if not overwrite and os.path.exists(path):
        raise errors.AlreadyExistsError(None, None, f'file already exists: {path}')


def Copy(oldpath, newpath, overwrite=False):
    """Copies a file.

    Args:
      oldpath: the file.
      newpath: the copy's path.
      overwrite: whether to replace a file of that path.

    Raises:
      NotFoundError: there is no such file.
      AlreadyExistsError: a file of the new path exists.
      InvalidArgumentError: `oldpath` is a directory.
    """
    source, target = _path(oldpath), _path(newpath)
    _refuse_existing(target, overwrite)
    if os.path.isdir(source):
        raise errors.InvalidArgumentError(None, None, f'{source}; a directory cannot be copied as a file')
    with _translated(target if os.path.exists(source) else source):
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        shutil.copyfile(source, target)


def Rename(oldname, newname, overwrite=False):
    """Renames or moves a file or directory.

    Args:
      oldname: its path.
      newname: the new path.
      overwrite: whether to replace a file of the new path.

    Raises:
      NotFoundError: there is no such file, or no directory for the new one.
      AlreadyExistsError: a file of the new path exists.
    """
    source, target = _path(oldname), _path(newname)
    _refuse_existing(target, overwrite)
    with _translated(source):
        os.replace(source, target)


def _matches(directory, parts):
    """Paths below a directory that match the parts of a pattern."""
    if not parts:
        return [directory]
    prefix = os.path.join(directory, '')
    if not re.search(r'[*?\[]', parts[0]):
        path = prefix + parts[0]
        return _matches(path, parts[1:]) if os.path.exists(path) else []
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    pattern = parts[0].replace('[^', '[!')
    return [path for name in sorted(names) if fnmatch.fnmatchcase(name, pattern)
            for path in _matches(prefix + name, parts[1:])]


def Glob(filename):
    """Files and directories whose paths match a pattern.

    Args:
      filename: a pattern, or a list of patterns: `*` stands for any text without a slash, `?` for any other character
        than a slash, `[a-c]` for one of these characters, `[^a-c]` for any other.

    Returns:
      A list of paths.

    Raises:
      NotFoundError: the directory that a pattern starts with does not exist.
      FailedPreconditionError: it is none.
    """
    patterns = [filename] if isinstance(filename, (str, bytes, os.PathLike)) else filename
    found = []
    for pattern in map(_path, patterns):
        directory, rest = re.match(r'([^*?\[]*/)?(.*)', pattern, re.DOTALL).groups()
        directory = directory or './'
        if not os.path.isdir(directory):
            kind, text = ((errors.FailedPreconditionError, 'Not a directory') if os.path.exists(directory.rstrip('/'))
                          else (errors.NotFoundError, 'No such file or directory'))
            raise kind(None, None, f'{directory.rstrip("/")}; {text}')
        found += _matches(directory, rest.split('/')) if pattern else []
    return found


def Walk(top, in_order=True):
    """Walks a tree of directories.

    Args:
      top: where to start.
      in_order: whether a directory comes before those in it.

    Yields:
      (path of a directory, names of the directories in it, names of the files in it). Nothing where `top` is no
      directory.
    """
    return _walk(top, in_order, None)


def _walk(top, topdown, onerror):
    path = _path(top)
    try:
        names = ListDirectory(path)
    except errors.NotFoundError as error:
        if onerror:
            onerror(error)
        return
    folders = [name for name in names if IsDirectory(os.path.join(path, name))]
    here = path, folders, [name for name in names if name not in folders]
    if topdown:
        yield here
    for name in folders:
        yield from _walk(os.path.join(path, name), topdown, onerror)
    if not topdown:
        yield here


export(globals())
