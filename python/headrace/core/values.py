"""Values of fetches that are more than one array."""

import collections

IndexedSlicesValue = collections.namedtuple('IndexedSlicesValue', ['values', 'indices', 'dense_shape'])
