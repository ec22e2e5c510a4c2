#!/usr/bin/env python3
"""Installs the built tree into a temporary folder and uses it as a stranger would: through pkg-config, from C and C++.

install_test.py MESON BUILD_FOLDER EXAMPLE.c CXX_PROGRAM.cc
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

MEBIBYTE = 1 << 20
LARGEST_LIBRARY = 10 * 10**6  # bytes, stripped
WARNINGS = ['-Wall', '-Wextra', '-Werror']


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)}\n{done.stdout}')
    return done.stdout


def find_one(folder, name):
    found = [os.path.join(where, name) for where, _, names in os.walk(folder) if name in names]
    if len(found) != 1:
        sys.exit(f'{len(found)} files {name} were installed: {found}')
    return found[0]


class Installation:
    """The library installed under `root`, as if `root` were /."""

    def __init__(self, meson, build, root):
        run(meson, 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir', root)
        self.root = root
        self.library = find_one(root, 'libheadrace.so')
        self.environment = dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(self.library), PKG_CONFIG_SYSROOT_DIR=root,
                                PKG_CONFIG_PATH=os.path.dirname(find_one(root, 'headrace.pc')),
                                PKG_CONFIG_ALLOW_SYSTEM_CFLAGS='1', PKG_CONFIG_ALLOW_SYSTEM_LIBS='1')

    def pkg_config(self, *what):
        return run('pkg-config', *what, 'headrace', env=self.environment).split()

    def build_and_run(self, compiler, standard, source):
        program = os.path.join(self.root, 'program')
        run(compiler, standard, *WARNINGS, source, '-o', program, *self.pkg_config('--cflags', '--libs'))
        return run(program, env=self.environment)


def check_headers(installation, source_headers):
    installed = os.path.dirname(find_one(installation.root, 'headrace.h'))
    missing = sorted(set(source_headers) - set(os.listdir(installed)))
    if missing:
        sys.exit(f'Not installed: {missing}')
    with open(os.path.join(installed, 'headrace.h'), encoding='utf-8') as file:
        included = set(re.findall(r'#include "headrace/([^"]+)"', file.read()))
    forgotten = sorted(set(os.listdir(installed)) - included - {'headrace.h'})
    if forgotten:
        sys.exit(f'headrace.h does not include {forgotten}')


def check_programs(installation, example, cxx_program):
    for compiler in ('gcc', 'clang'):
        if not shutil.which(compiler):
            continue
        text = installation.build_and_run(compiler, '-std=c17', example)
        slope, offset = (float(number) for number in re.fullmatch(r'y = (\S+) x \+ (\S+), loss \S+\n', text).groups())
        # By the normal equations for the example's points: sum of (x - mean) * y is 34.6, of (x - mean)^2 is 17.5.
        if abs(slope - 34.6 / 17.5) > 0.006 or abs(offset - (6 - 34.6 / 17.5 * 2.5)) > 0.006:
            sys.exit(f'{compiler}: wrong line: {text}')
    for compiler in ('g++', 'clang++'):
        if shutil.which(compiler):
            text = installation.build_and_run(compiler, '-std=c++17', cxx_program)
            if text != 'MatMul [2,3]\n':
                sys.exit(f'{compiler}: {text}')


def check_library(installation):
    """Only hr_* is visible to programs, and the file is small."""
    symbols = [line.split() for line in run('readelf', '--dyn-syms', '--wide', installation.library).splitlines()]
    visible = {name.split('@')[0] for *_, binding, visibility, section, name in (s for s in symbols if len(s) >= 8)
               if binding in ('GLOBAL', 'WEAK') and visibility == 'DEFAULT' and section != 'UND'}
    foreign = sorted(name for name in visible if not name.startswith('hr_'))
    if foreign or 'hr_session_run' not in visible:
        sys.exit(f'Symbols of libheadrace.so that are not its interface: {foreign}')
    if 'not found' in run('ldd', installation.library):
        sys.exit('libheadrace.so needs libraries that are not there')
    stripped = os.path.join(installation.root, 'stripped.so')
    run('strip', '-o', stripped, installation.library)
    size = os.path.getsize(stripped)
    print(f'libheadrace.so: {len(visible)} symbols, {size / MEBIBYTE:.1f} MiB stripped')
    if size > LARGEST_LIBRARY:
        sys.exit(f'libheadrace.so takes {size} bytes, more than {LARGEST_LIBRARY}')


def main():
    meson, build, example, cxx_program, *source_headers = sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        installation = Installation(meson, build, root)
        check_headers(installation, [os.path.basename(path) for path in source_headers])
        check_programs(installation, example, cxx_program)
        check_library(installation)


main()
