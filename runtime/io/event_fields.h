/* Field numbers of tensorflow.Event (proto/event.proto) that are read and written by hand. */
#ifndef HR_RUNTIME_IO_EVENT_FIELDS_H
#define HR_RUNTIME_IO_EVENT_FIELDS_H

enum { HR_EVENT_WALL_TIME = 1, HR_EVENT_STEP = 2, HR_EVENT_FILE_VERSION = 3, HR_EVENT_SUMMARY = 5 };

#endif
