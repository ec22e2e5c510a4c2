/* Certificates and keys of TLS. */
#ifndef HR_DISTRIBUTED_TLS_H
#define HR_DISTRIBUTED_TLS_H

#include "headrace/status.h"

/* PEM texts; an empty pointer is no text. A client needs `ca`, with which it checks its server; with a certificate and
 * key it shows who it is. A server needs a certificate and key; with `ca` it only lets in clients whose certificate
 * that authority signed (mutual TLS). */
typedef struct hr_tls {
  char *ca, *certificate, *key;
  char *server_name; /* the name that the server's certificate must have; NULL: the one of its address */
} hr_tls;

/* From files; NULL paths are left out. `*out` is NULL where all three are. InvalidArgument for a certificate without
 * its key or the other way round, and the errors of reading files. */
HR_MUST_USE hr_status hr_tls_load(const char *ca_path, const char *certificate_path, const char *key_path,
                                  hr_tls **out);
/* The files that HEADRACE_TLS_CA, HEADRACE_TLS_CERT and HEADRACE_TLS_KEY name, and HEADRACE_TLS_SERVER_NAME; NULL where
 * none is set: no TLS. */
HR_MUST_USE hr_status hr_tls_from_environment(hr_tls **out);
void hr_tls_free(hr_tls *tls);

#endif
