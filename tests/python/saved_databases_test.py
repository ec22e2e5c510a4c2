"""Datasets of LMDB databases go on where they were saved, which TensorFlow 1.15 refuses."""

import gzip
import os

import headrace as tf

FIXTURE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'io', 'fixtures', 'database.mdb.gz')


def elements(database, count, path=None, saves_to=None):
    """The next `count` elements: from the start, or from the state at `path`. Fewer where the end is reached."""
    with tf.Graph().as_default(), tf.Session() as session:
        iterator = tf.data.make_initializable_iterator(tf.contrib.data.LMDBDataset([database, database]))
        following, found = iterator.get_next(), []
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, tf.data.experimental.make_saveable_from_iterator(iterator))
        saver = tf.train.Saver()
        session.run(iterator.initializer)
        if path:
            saver.restore(session, path)
        try:
            while len(found) < count:
                found.append(session.run(following))
        except tf.errors.OutOfRangeError:
            pass
        if saves_to:
            saver.save(session, saves_to, write_meta_graph=False)
        return found


def test_saved_anywhere(tmp_path):
    database, state = str(tmp_path / 'data.mdb'), str(tmp_path / 'state')
    with gzip.open(FIXTURE) as packed, open(database, 'wb') as unpacked:
        unpacked.write(packed.read())
    whole = elements(database, 1000)
    assert len(whole) % 2 == 0 and whole[0] == whole[len(whole) // 2] and len(set(whole)) == len(whole) // 2
    for count in (0, 1, 7, len(whole) // 2, len(whole) // 2 + 3, len(whole)):
        assert elements(database, count, saves_to=state) == whole[:count]
        assert elements(database, 1000, path=state) == whole[count:]
