/* How long a connection may be silent. */
#ifndef HR_DISTRIBUTED_KEEP_ALIVE_H
#define HR_DISTRIBUTED_KEEP_ALIVE_H

#include <stdint.h>

/* So long the other side may say nothing while calls are under way before it is asked whether it is there, and so long
 * it may take to answer that: 10 seconds, or HEADRACE_KEEPALIVE_MS. */
int64_t hr_keepalive_ms(void);

#endif
