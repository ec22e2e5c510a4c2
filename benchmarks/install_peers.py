#!/usr/bin/env python3
"""Installs what Headrace is measured against, each in an environment of its own: install_peers.py FOLDER

TensorFlow 1.15 needs Python 3.7 (python3.7 on the path or one of pyenv's); the others take the newest Python from 3.9 to
3.12 that is there. What cannot be installed is skipped, and said so. What is there already stays."""

import glob
import os
import shutil
import subprocess
import sys

PEERS = {
    'tensorflow115': (('3.7',), ['tensorflow==1.15.5', 'protobuf<3.21', 'numpy<1.19']),
    'tensorflow2': (('3.12', '3.11', '3.10', '3.9'), ['tensorflow-cpu']),
    'pytorch': (('3.12', '3.11', '3.10', '3.9'), ['torch', 'numpy']),
    'onnxruntime': (('3.12', '3.11', '3.10', '3.9'), ['onnxruntime', 'onnx', 'numpy']),
}


def python_of(version):
    """An interpreter of that version that can make environments, or None."""
    found = [shutil.which('python' + version)] + sorted(
        glob.glob(os.path.expanduser('~/.pyenv/versions/%s.*/bin/python' % version)), reverse=True)
    for path in found:
        if path and subprocess.run([path, '-c', 'import ensurepip, venv'], stderr=subprocess.DEVNULL).returncode == 0:
            return path
    return None


def install(folder, name, versions, packages):
    """None, or why there is no such peer."""
    target = os.path.join(folder, name)
    if os.path.exists(os.path.join(target, 'bin', 'python')):
        return None
    python = next(filter(None, map(python_of, versions)), None)
    if not python:
        return 'needs Python ' + ' or '.join(versions)
    print('installing %s' % name, flush=True)
    part = target + '.part'
    shutil.rmtree(part, ignore_errors=True)
    for command in ([python, '-m', 'venv', '--copies', part],
                    [os.path.join(part, 'bin', 'python'), '-m', 'pip', 'install', '-q', *packages]):
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            return (done.stderr.strip() or 'no reason given').splitlines()[-1]
    os.rename(part, target)
    return None


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, (versions, packages) in PEERS.items():
        reason = install(folder, name, versions, packages)
        if reason:
            print('%s is left out: %s' % (name, reason))


main()
