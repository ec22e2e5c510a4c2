"""Adds the public names that Headrace has by now to the table that api_test.py compares with.

    python3 tests/python/record_api.py API_TSV [PREFIX ...]

API_TSV is the recorded list of TensorFlow 1.15's names, kinds and signatures. Rows are taken whose names exist in the
package and begin with one of the prefixes, all if there are none; rows that the table has already stay. A name whose
signature differs is taken, too: the test fails until it agrees.
"""

import sys

import api

rows = set(api.read())
for row in api.read(sys.argv[1]):
    prefixes = sys.argv[2:] or ['tf']
    if any(row[0] == prefix or row[0].startswith(prefix + '.') for prefix in prefixes) and not api.missing(api.find(row[0])):
        rows.add(row)
with open(api.RECORDED, 'w', encoding='utf-8') as file:
    file.write('symbol\tkind\tsignature\n' + ''.join('\t'.join(row) + '\n' for row in sorted(rows)))
print(len(rows), 'names')
