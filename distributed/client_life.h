/* Whether the program at the other end of a connection is still there: what a session goes by whose client never said
 * that it would go. */
#ifndef HR_DISTRIBUTED_CLIENT_LIFE_H
#define HR_DISTRIBUTED_CLIENT_LIFE_H

#include <stdint.h>

/* Counted: the connection has a reference until it is over, and whoever wants to know later has another one. */
typedef struct hr_client_life hr_client_life;

/* NULL: memory is out; then nobody knows, as the other functions take it. */
hr_client_life *hr_client_life_new(void);
hr_client_life *hr_client_life_ref(hr_client_life *life);
void hr_client_life_unref(hr_client_life *life);
/* The connection is over. */
void hr_client_life_end(hr_client_life *life);
/* Nanoseconds since that; 0: it is there, or nobody knows. */
int64_t hr_client_life_gone_for(const hr_client_life *life);

#endif
