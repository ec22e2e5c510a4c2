/* What an Event says, read from its bytes. */
#include "headrace/io.h"

#include "runtime/base/wire.h"
#include "runtime/io/event_fields.h"

hr_status hr_event_parse(const void *bytes, size_t length, hr_event *out) {
  *out = (hr_event){0};
  hr_wire wire = hr_wire_of_view((hr_view){bytes, length});
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    uint64_t number;
    hr_view view;
    bool good = hr_wire_tag(&wire, &field, &type);
    if (good && field == HR_EVENT_WALL_TIME && type == HR_WIRE_64BIT) {
      good = hr_wire_fixed64(&wire, &number);
      if (good) memcpy(&out->wall_time, &number, sizeof number);
    } else if (good && field == HR_EVENT_STEP && type == HR_WIRE_VARINT) {
      good = hr_wire_varint(&wire, &number);
      if (good) out->step = (int64_t)number;
    } else if (good && field == HR_EVENT_FILE_VERSION && type == HR_WIRE_BYTES) {
      good = hr_wire_bytes(&wire, &view);
      if (good) out->file_version = view.data, out->file_version_length = view.length;
    } else if (good && field == HR_EVENT_SUMMARY && type == HR_WIRE_BYTES) {
      good = hr_wire_bytes(&wire, &view);
      if (good) out->summary = view.data, out->summary_length = view.length;
    } else {
      good = good && hr_wire_skip(&wire, type);
    }
    if (!good) {
      *out = (hr_event){0};
      return hr_error(HR_DATA_LOSS, "%zu bytes that are not an Event", length);
    }
  }
  return HR_SUCCESS;
}
