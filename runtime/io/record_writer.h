/* What of record writing is ours alone: headrace/io.h has the rest. */
#ifndef HR_RUNTIME_IO_RECORD_WRITER_H
#define HR_RUNTIME_IO_RECORD_WRITER_H

#include "headrace/io.h"
#include "runtime/io/file.h"

/* hr_record_writer_open with a choice of what happens to an existing file. */
HR_MUST_USE hr_status hr_record_writer_open_mode(const char *path, hr_output_mode mode, hr_compression compression,
                                                 hr_record_writer **out);

#endif
