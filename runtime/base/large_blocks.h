/* Large blocks of memory. One that is given back is kept for the next who wants as much: clearing fresh pages costs the
 * system more than it costs to fill them. It may take kept pages away at any time, when memory runs short (MADV_FREE);
 * no more than a sixteenth of the machine's memory is kept.
 */
#ifndef HR_RUNTIME_BASE_LARGE_BLOCKS_H
#define HR_RUNTIME_BASE_LARGE_BLOCKS_H

#include <stddef.h>

/* From this size on a block is large. */
#define HR_LARGE_BLOCK ((size_t)4 << 20)

/* Contents are undefined. NULL when memory is out. */
void *hr_large_block_new(size_t bytes, size_t alignment);
/* `bytes`: no more than were asked for. */
void hr_large_block_free(void *block, size_t bytes);

#endif
