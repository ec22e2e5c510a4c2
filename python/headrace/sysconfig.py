"""Where the package keeps its headers and libraries, and the options to build with them."""

import os

from headrace.core.public import export

CXX11_ABI_FLAG = 0
MONOLITHIC_BUILD = 0


def get_include():
    """The folder of the C headers."""
    return os.path.join(get_lib(), 'include')


def get_lib():
    """The folder of the libraries: that of the package."""
    return os.path.dirname(os.path.abspath(__file__))


def get_compile_flags():
    """The options of the compiler, as a list."""
    return [f'-I{get_include()}']


def get_link_flags():
    """The options of the linker, as a list."""
    return [f'-L{get_lib()}', '-lheadrace']


export(globals())
