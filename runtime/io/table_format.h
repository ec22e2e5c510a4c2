/* Numbers of the table format that its reader and its writer share. */
#ifndef HR_RUNTIME_IO_TABLE_FORMAT_H
#define HR_RUNTIME_IO_TABLE_FORMAT_H

#define HR_TABLE_MAGIC 0xdb4775248b80fb57u

enum {
  HR_TABLE_FOOTER_BYTES = 48,
  HR_TABLE_HANDLES_BYTES = 40, /* two places of up to two varints of 10 bytes, filled up with zeros */
  HR_TABLE_TRAILER_BYTES = 5,  /* packing and checksum behind every block */
  HR_TABLE_PLAIN = 0,
  HR_TABLE_SNAPPY = 1,
};

#endif
