#include "distributed/tls.h"
#include "runtime/io/file.h"
#include <stdlib.h>
#include <string.h>

#define MAX_PEM_BYTES ((size_t)1 << 20)

static hr_status read_pem(const char *path, char **out) {
  size_t length;
  return path && path[0] ? hr_file_read_all(path, MAX_PEM_BYTES, out, &length) : HR_SUCCESS;
}

static hr_status read_all(const char *ca_path, const char *certificate_path, const char *key_path, hr_tls *tls) {
  HR_TRY(read_pem(ca_path, &tls->ca));
  HR_TRY(read_pem(certificate_path, &tls->certificate));
  HR_TRY(read_pem(key_path, &tls->key));
  if (!tls->certificate == !tls->key) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "TLS needs a certificate and its key: %s is missing",
                  tls->key ? "the certificate" : "the key");
}

hr_status hr_tls_load(const char *ca_path, const char *certificate_path, const char *key_path, hr_tls **out) {
  *out = NULL;
  hr_tls *tls = calloc(1, sizeof *tls);
  if (!tls) return hr_error_out_of_memory(sizeof *tls, "certificates");
  hr_status status = read_all(ca_path, certificate_path, key_path, tls);
  if (!status && (tls->ca || tls->certificate))
    *out = tls;
  else
    hr_tls_free(tls);
  return hr_status_prefix(status, "TLS: ");
}

hr_status hr_tls_from_environment(hr_tls **out) {
  HR_TRY(hr_tls_load(getenv("HEADRACE_TLS_CA"), getenv("HEADRACE_TLS_CERT"), getenv("HEADRACE_TLS_KEY"), out));
  const char *name = getenv("HEADRACE_TLS_SERVER_NAME");
  if (!*out || !name || !name[0]) return HR_SUCCESS;
  (*out)->server_name = strdup(name);
  if ((*out)->server_name) return HR_SUCCESS;
  hr_tls_free(*out);
  *out = NULL;
  return hr_error_out_of_memory(0, "certificates");
}

void hr_tls_free(hr_tls *tls) {
  if (!tls) return;
  free(tls->ca);
  free(tls->certificate);
  free(tls->key);
  free(tls->server_name);
  free(tls);
}
