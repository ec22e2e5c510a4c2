"""Time and memory of the import (which run_part.py reports), what is installed, and memory of training beyond the data."""

import os
import sys

from network import LAYERS, network
from timing import config, report, resident


def _libraries(name):
    """The files of this process's memory whose names begin so, and those next to them that do."""
    with open('/proc/self/maps') as maps:
        mapped = {line.split()[-1] for line in maps if os.path.basename(line.split()[-1]).startswith(name)}
    folders = {os.path.dirname(path) for path in mapped}
    return {os.path.realpath(os.path.join(folder, file)) for folder in folders for file in os.listdir(folder)
            if file.startswith(name) and '.so' in file and os.path.isfile(os.path.join(folder, file))}


def installed(tf):
    """Bytes of the package and its own libraries, without what it depends on."""
    package = tf.__name__.split('.')[0].split('_')[0]
    site = os.path.dirname(os.path.dirname(os.path.abspath(sys.modules[package].__file__)))
    files = _libraries('libheadrace') if package == 'headrace' else set()
    for name in os.listdir(site):
        if name not in (package, package + '_core'):
            continue
        for folder, folders, names in os.walk(os.path.join(site, name), followlinks=True):
            folders[:] = [f for f in folders if f != '__pycache__' and not f.endswith('.p')]
            files.update(os.path.realpath(os.path.join(folder, file)) for file in names)
    return sum(os.path.getsize(file) for file in files)


def measure(tf, np, threads):
    report('installed', installed(tf) / 2**20, 'MiB')
    random = np.random.RandomState(42)
    data, labels = random.rand(55000, LAYERS[0]).astype(np.float32), random.randint(10, size=55000)
    before = data.nbytes + labels.nbytes
    x, y, _, step = network(tf, np)
    init = tf.global_variables_initializer()
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        for i in range(1100):
            session.run(step, {x: data[i * 50:i * 50 + 50], y: labels[i * 50:i * 50 + 50]})
        report('resident_beyond_data', (resident() - before) / 2**20, 'MiB')
