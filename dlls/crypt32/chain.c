/*
 * dlls/crypt32/chain.c - engines for chains of certificates: what a program wants its chains built from.  Programs make one when
 * they start, whether or not they meet a certificate; building chains is missing.
 */
#include "dlls/crypt32/crypt32.h"
#include "kernel32/api.h"

#include <string.h>

#define LAST_PREDEFINED 2u /* HCCE_CURRENT_USER, HCCE_LOCAL_MACHINE, HCCE_SERIAL_LOCAL_MACHINE are numbers */

/* CERT_CHAIN_ENGINE_CONFIG; older ones end before exclusive_root or exclusive_flags. */
struct engine_config {
	DWORD size;
	struct store *restricted[3];
	DWORD additional_count;
	struct store **additional;
	DWORD flags, url_timeout, cached, cycle_modulus;
	struct store *exclusive[2];
	DWORD exclusive_flags;
};
_Static_assert(sizeof(struct engine_config) == 88, "CERT_CHAIN_ENGINE_CONFIG");

struct engine {
	DWORD flags, exclusive_flags, url_timeout, count;
	struct store *stores[]; /* three restricted, two exclusive, the additional ones; NULL: not given */
};

EXPORT(crypt32, BOOL, CertCreateCertificateChainEngine, (const struct engine_config *config, struct engine **result))
{
	struct engine_config whole = {.size = 0};
	struct engine *engine;

	if (!config || !result ||
	    (config->size != sizeof(whole) && config->size != offsetof(struct engine_config, exclusive_flags) &&
	     config->size != offsetof(struct engine_config, exclusive))) {
		set_last_error(E_INVALIDARG_CODE);
		return FALSE;
	}
	memcpy(&whole, config, config->size);
	*result = NULL;
	engine = LocalAlloc(LMEM_ZEROINIT, sizeof(*engine) + (5 + (size_t)whole.additional_count) * sizeof(*engine->stores));
	if (!engine)
		return FALSE;
	engine->flags = whole.flags;
	engine->exclusive_flags = whole.exclusive_flags;
	engine->url_timeout = whole.url_timeout;
	engine->count = 5 + whole.additional_count;
	memcpy(engine->stores, whole.restricted, sizeof(whole.restricted));
	memcpy(engine->stores + 3, whole.exclusive, sizeof(whole.exclusive));
	for (DWORD i = 0; i < whole.additional_count; i++)
		engine->stores[5 + i] = whole.additional[i];
	for (DWORD i = 0; i < engine->count; i++)
		if (engine->stores[i])
			CertDuplicateStore(engine->stores[i]);
	*result = engine;
	return TRUE;
}

EXPORT(crypt32, void, CertFreeCertificateChainEngine, (struct engine * engine))
{
	if ((ULONG_PTR)engine <= LAST_PREDEFINED)
		return;
	for (DWORD i = 0; i < engine->count; i++)
		CertCloseStore(engine->stores[i], 0);
	LocalFree(engine);
}
