#!/usr/bin/env python3
"""What the documents say in code is true: runs and compares the ```c and ```python blocks of README.md and docs/*.md.

docs_test.py SOURCE_FOLDER PYTHON COMPILER FLAGS...

PYTHON is an interpreter that has the package (empty: blocks of Python are not run), FLAGS say how to compile and link a
program in C.

A block's fence says what it is:

  ```c PATH       is in that file of the project (is all of it, of an example), but for spaces and line ends
  ```c complete   a whole program or source file: it compiles
  ```c file       file-scope code of the page's program
  ```c            statements of the page's program, which compiles and runs without an error
  ```python       the same in Python; a block's `>>> expression` lines are followed by what they print

A page's program is all its plain blocks in one function that returns hr_status, after its `file` blocks.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r'^```(\w+)(?: (\S+))?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
WARNINGS = ['-std=c17', '-Wall', '-Wextra', '-Werror', '-Wno-unused-variable', '-Wno-unused-but-set-variable']
PROGRAM = '''%s
#include <headrace/headrace.h>
#include <stdio.h>
#include <stdlib.h>
static hr_status page(void) {
%s
  return HR_SUCCESS;
}
int main(void) {
  hr_status status = page();
  if (status) fprintf(stderr, "%%s\\n", hr_status_message(status));
  return status ? 1 : 0;
}
'''


def squeezed(text):
    """Without spaces and the backslashes that continue a line."""
    return re.sub(r'\s+', '', re.sub(r'\\$', '', text, flags=re.MULTILINE))


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return done.stdout if done.returncode else None


class Page:
    def __init__(self, path, root, python, compiler, flags):
        self.name, self.root = os.path.relpath(path, root), root
        self.python, self.compiler, self.flags = python, compiler, flags
        with open(path, encoding='utf-8') as file:
            self.blocks = [match.groups() for match in BLOCK.finditer(file.read())]
        self.failures = []

    def fail(self, what, why):
        self.failures.append(f'{self.name}: {what}\n{why}')

    def check_quote(self, path, text):
        with open(os.path.join(self.root, path), encoding='utf-8') as file:
            there, here = squeezed(file.read()), squeezed(text)
        if here not in there or (path.startswith('examples/') and here != there):
            self.fail(f'this does not stand in {path}:', text)

    def compile(self, text, folder, *more):
        source = os.path.join(folder, 'page.c')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(text)
        errors = run([self.compiler, *WARNINGS, source, *more, *self.flags], cwd=folder)
        if errors is not None:
            self.fail('this does not compile:', text + errors)
        return errors is None

    def check(self):
        file_scope, statements, python = '', '', ''
        with tempfile.TemporaryDirectory() as folder:
            for language, kind, text in self.blocks:
                if kind and kind not in ('complete', 'file'):
                    self.check_quote(kind, text)
                elif language == 'c' and kind == 'complete':
                    self.compile(text, folder, '-c', '-o', 'page.o')
                elif language == 'c' and kind == 'file':
                    file_scope += text
                elif language == 'c':
                    statements += text
                elif language == 'python':
                    python += text + '\n'
            if statements and self.compile(PROGRAM % (file_scope, statements), folder, '-o', 'page'):
                errors = run([os.path.join(folder, 'page')], cwd=folder)
                if errors is not None:
                    self.fail('its program fails:', errors)
            if python and self.python:
                source = os.path.join(folder, 'page.py')
                with open(source, 'w', encoding='utf-8') as file:
                    file.write(as_program(python))
                errors = run([self.python, source], cwd=folder)
                if errors is not None:
                    self.fail('its Python program fails:', errors)
        return self.failures


def as_program(text):
    """Python with `>>> expression` lines as a plain program: each must print the lines that follow it, up to an empty one
    or the next."""
    lines, program = text.splitlines(), ['_expected = {}']
    while lines:
        line = lines.pop(0)
        if not line.startswith('>>> '):
            program.append(line)
            continue
        printed = []
        while lines and lines[0] and not lines[0].startswith('>>> '):
            printed.append(lines.pop(0))
        value = f'_value = {line[4:]}'
        program += [value, f'assert repr(_value) == {chr(10).join(printed)!r}, repr(_value)']
    return '\n'.join(program[1:])


def main():
    root, python, compiler, *flags = sys.argv[1:]
    pages = [os.path.join(root, 'README.md'), *sorted(glob.glob(os.path.join(root, 'docs', '*.md')))]
    failures = [failure for path in pages for failure in Page(path, root, python, compiler, flags).check()]
    sys.exit('\n\n'.join(failures) if failures else 0)


main()
