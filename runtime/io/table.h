/* Sorted tables of keys and values in one file: LevelDB's table format, as TensorFlow uses it for the index of a
 * checkpoint.
 *
 * A file is data blocks, an (empty) metaindex block, an index block and a 48-byte footer with the places of the last
 * two and the magic number 0xdb4775248b80fb57. A block holds entries (length shared with the key before, length of the
 * rest, length of the value, rest of the key, value), the offsets of the entries that share nothing, and their count;
 * behind it stand its packing (0 none, 1 snappy) and a masked crc32c of both. The index block has an entry for each
 * data block: a key not before its last key and before the next block's first, and its offset and size.
 */
#ifndef HR_RUNTIME_IO_TABLE_H
#define HR_RUNTIME_IO_TABLE_H

#include "runtime/base/text.h"
#include "runtime/io/file.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* Takes an entry; key and value are valid during the call. An error ends the reading and is returned from it. */
typedef hr_status (*hr_table_visit)(void *argument, hr_view key, hr_view value);

/* Calls `visit` for every entry in the order of the file. DataLoss where the file is damaged (it names the path), also
 * where keys do not rise; entries before the damage have been visited then. */
HR_MUST_USE hr_status hr_table_read(const hr_input_file *file, hr_table_visit visit, void *argument);

/* Calls `visit` for the entry of a key, if there is one, and answers whether there was; reads no more blocks than it
 * needs. DataLoss as above. */
HR_MUST_USE hr_status hr_table_find(const hr_input_file *file, hr_view key, hr_table_visit visit, void *argument,
                                    bool *found);

/* How many bytes a byte of a file can stand for: snappy's densest element makes 64 of 3. */
#define HR_TABLE_MAX_PACKING 22

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* Writes a table without packing, byte for byte as TensorFlow does for checkpoints. */
typedef struct hr_table_writer hr_table_writer;

/* The file stays the caller's, and open. NULL when out of memory. */
hr_table_writer *hr_table_writer_new(hr_output_file *file);
/* Keys must rise, compared as unsigned bytes. */
HR_MUST_USE hr_status hr_table_writer_add(hr_table_writer *writer, hr_view key, hr_view value);
/* Writes what remains: the table is whole. */
HR_MUST_USE hr_status hr_table_writer_finish(hr_table_writer *writer);
/* NULL is allowed. */
void hr_table_writer_free(hr_table_writer *writer);

/* The order of keys: below, equal or above zero. */
int hr_view_compare(hr_view a, hr_view b);

#endif
