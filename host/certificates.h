/*
 * host/certificates.h - the certificates of the authorities that this machine trusts.
 */
#ifndef PEWTER_HOST_CERTIFICATES_H
#define PEWTER_HOST_CERTIFICATES_H

#include <stddef.h>
#include <stdint.h>

/* Calls visit with each, in DER; until it answers other than 0, which is the result.  Without a list of them: 0. */
int host_trusted_certificates(int (*visit)(void *context, const uint8_t *der, size_t size), void *context);

#endif
