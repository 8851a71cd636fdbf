/*
 * host/certificates.c - the certificates of the authorities that this machine trusts: the file of them that OpenSSL reads.
 */
#include "host/certificates.h"
#include "host/thread.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 65536u

struct walk {
	int (*visit)(void *context, const uint8_t *der, size_t size);
	void *context;
	int result;
};

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What lies between the lines "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----": base 64 (RFC 7468). */
static int walk_file(FILE *file, struct walk *walk, uint8_t *der)
{
	char line[256];
	bool inside = false;
	size_t size = 0;
	unsigned bits = 0, count = 0;

	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "-----BEGIN ", 11) == 0) {
			inside = strncmp(line + 11, "CERTIFICATE-----", 16) == 0 ||
				 strncmp(line + 11, "TRUSTED CERTIFICATE-----", 24) == 0;
			size = bits = count = 0;
		} else if (strncmp(line, "-----END ", 9) == 0) {
			int result = inside && size ? walk->visit(walk->context, der, size) : 0;

			inside = false;
			if (result)
				return result;
		} else if (inside) {
			for (const char *at = line; *at; at++) {
				int value = value_of(*at);

				if (value < 0)
					continue;
				bits = bits << 6 | (unsigned)value;
				count += 6;
				if (count >= 8 && size < LONGEST) {
					count -= 8;
					der[size++] = (uint8_t)(bits >> count);
				}
			}
		}
	}
	return 0;
}

static void *walk_certificates(void *argument)
{
	static const char *const places[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
					     "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
	struct walk *walk = argument;
	const char *chosen = getenv("SSL_CERT_FILE");
	FILE *file = chosen && *chosen ? fopen(chosen, "re") : NULL;
	uint8_t *der;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !file; i++)
		file = fopen(places[i], "re");
	der = file ? malloc(LONGEST) : NULL;
	if (der)
		walk->result = walk_file(file, walk, der);
	free(der);
	if (file)
		fclose(file);
	return NULL;
}

int host_trusted_certificates(int (*visit)(void *context, const uint8_t *der, size_t size), void *context)
{
	struct walk walk = {visit, context, 0};

	host_stack_call(walk_certificates, &walk);
	return walk.result;
}
