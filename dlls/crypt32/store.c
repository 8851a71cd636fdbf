/*
 * dlls/crypt32/store.c - stores of certificates: in memory, and the system's.  Of the system's only ROOT has any: those of the
 * authorities that the machine trusts.  What is added to one of the system's would have to be kept: that is refused.
 *
 * A certificate is counted by who has its context and by the store that it is in; a store lives until it is closed and the
 * last of its certificates is freed.  One lock guards all of it.
 */
#include "dlls/bcrypt/hash.h"
#include "dlls/crypt32/crypt32.h"
#include "host/certificates.h"
#include "host/thread.h"
#include "kernel32/api.h"
#include "ntdll/rtl/rtl.h"

#include <string.h>

DEFINE_DLL(crypt32, .name = "crypt32.dll");

#define CERT_STORE_PROV_MEMORY 2
#define CERT_STORE_PROV_SYSTEM_A 9
#define CERT_STORE_PROV_SYSTEM_W 10
#define CERT_STORE_OPEN_EXISTING_FLAG 0x4000u
#define CERT_CLOSE_STORE_CHECK_FLAG 2u
enum { ADD_NEW = 1, ADD_USE_EXISTING, ADD_REPLACE_EXISTING, ADD_ALWAYS };
#define FIND_ANY 0u
#define FIND_SHA1_HASH 0x10000u
#define FIND_SUBJECT_NAME 0x20007u
#define FIND_ISSUER_NAME 0x20004u
#define FIND_EXISTING 0xD0000u
enum { PROPERTY_SHA1 = 3, PROPERTY_MD5 = 4 };

struct certificate {
	struct certificate_context context; /* first: what programs have */
	LONG references;
	struct certificate *next;
	BYTE der[];
};

struct store {
	LONG handles, certificates; /* open ones; those that still live */
	bool system;
	struct certificate *first, *last;
};

static struct host_lock stores_lock;

static struct certificate *of_context(const struct certificate_context *context)
{
	return (struct certificate *)(uintptr_t)context;
}

/* With one reference. */
static struct certificate *new_certificate(const BYTE *der, size_t size)
{
	struct certificate *certificate = LocalAlloc(LMEM_ZEROINIT, sizeof(*certificate) + size);

	if (!certificate)
		return NULL;
	memcpy(certificate->der, der, size);
	certificate->context.encoding = X509_ASN_ENCODING;
	certificate->context.der = certificate->der;
	certificate->context.size = (DWORD)size;
	certificate->context.info = certificate_parse(certificate->der, size);
	certificate->references = 1;
	if (certificate->context.info)
		return certificate;
	LocalFree(certificate);
	return NULL;
}

static void free_store(struct store *store)
{
	if (!store->handles && !store->certificates)
		LocalFree(store);
}

/* Under the lock. */
static void dereference(struct certificate *certificate)
{
	struct store *store = certificate->context.store;

	if (--certificate->references)
		return;
	LocalFree(certificate->context.info);
	LocalFree(certificate);
	if (store) {
		store->certificates--;
		free_store(store);
	}
}

/* The store takes the reference. */
static void append(struct store *store, struct certificate *certificate)
{
	certificate->context.store = store;
	store->certificates++;
	if (store->last)
		store->last->next = certificate;
	else
		store->first = certificate;
	store->last = certificate;
}

static bool same(const struct certificate *a, const BYTE *der, size_t size)
{
	return a->context.size == size && !memcmp(a->der, der, size);
}

static struct store *new_store(bool system)
{
	struct store *store = LocalAlloc(LMEM_ZEROINIT, sizeof(*store));

	if (store) {
		store->handles = 1;
		store->system = system;
	}
	return store;
}

/* One that cannot be read is left out. */
static int add_trusted(void *context, const uint8_t *der, size_t size)
{
	struct certificate *certificate = new_certificate(der, size);

	if (certificate)
		append(context, certificate);
	return 0;
}

static struct store *open_system_store(LPCWSTR name, DWORD flags)
{
	static const WCHAR *const known[] = {u"ROOT", u"MY", u"CA", u"TRUST", u"AUTHROOT", u"DISALLOWED", u"TRUSTEDPEOPLE",
					     u"TRUSTEDPUBLISHER", u"SMARTCARDROOT", u"TRUSTEDDEVICES"};
	struct store *store;
	size_t length, i = 0;

	if (!name) {
		set_last_error(E_INVALIDARG_CODE);
		return NULL;
	}
	length = rtl_wcslen(name);
	while (i < ARRAY_SIZE(known) && rtl_compare_nocase(name, length, known[i], rtl_wcslen(known[i])) != 0)
		i++;
	if (i == ARRAY_SIZE(known) && flags & CERT_STORE_OPEN_EXISTING_FLAG) {
		set_last_error(ERROR_FILE_NOT_FOUND);
		return NULL;
	}
	store = new_store(true);
	if (store && i == 0)
		host_trusted_certificates(add_trusted, store);
	return store;
}

static struct store *open_system_store_a(LPCSTR name, DWORD flags)
{
	WCHAR wide[64];
	size_t i = 0;

	/* names of stores are plain */
	for (; name && name[i] && i < ARRAY_SIZE(wide) - 1; i++)
		wide[i] = (BYTE)name[i];
	wide[i] = 0;
	return open_system_store(name ? wide : NULL, flags);
}

EXPORT(crypt32, struct store *, CertOpenStore, (LPCSTR provider, DWORD encoding, ULONG_PTR legacy, DWORD flags, const void *name))
{
	static const struct {
		const char *name;
		ULONG_PTR number;
	} names[] = {{"Memory", CERT_STORE_PROV_MEMORY}, {"System", CERT_STORE_PROV_SYSTEM_W}};
	ULONG_PTR number = (ULONG_PTR)provider;

	for (size_t i = 0; number > 0xFFFF && i < ARRAY_SIZE(names); i++)
		if (!strcmp(provider, names[i].name))
			number = names[i].number;
	switch (number) {
	case CERT_STORE_PROV_MEMORY:
		return new_store(false);
	case CERT_STORE_PROV_SYSTEM_A:
		return open_system_store_a(name, flags);
	case CERT_STORE_PROV_SYSTEM_W:
		return open_system_store(name, flags);
	}
	set_last_error(ERROR_FILE_NOT_FOUND); /* MSDN: the provider is not there */
	return NULL;
}

EXPORT(crypt32, struct store *, CertOpenSystemStoreW, (ULONG_PTR legacy, LPCWSTR name))
{
	return open_system_store(name, 0);
}

EXPORT(crypt32, struct store *, CertOpenSystemStoreA, (ULONG_PTR legacy, LPCSTR name))
{
	return open_system_store_a(name, 0);
}

EXPORT(crypt32, struct store *, CertDuplicateStore, (struct store * store))
{
	if (store)
		__atomic_add_fetch(&store->handles, 1, __ATOMIC_RELAXED);
	return store;
}

EXPORT(crypt32, BOOL, CertCloseStore, (struct store * store, DWORD flags))
{
	bool pending;

	if (!store)
		return TRUE;
	host_lock_acquire(&stores_lock);
	if (store->handles == 1) {
		struct certificate *at = store->first;

		store->certificates++; /* it stays for the length of this loop */
		store->first = store->last = NULL;
		while (at) {
			struct certificate *behind = at->next;

			at->next = NULL;
			dereference(at);
			at = behind;
		}
		store->certificates--;
	}
	store->handles--;
	pending = !store->handles && store->certificates;
	free_store(store);
	host_lock_release(&stores_lock);
	if (!pending || !(flags & CERT_CLOSE_STORE_CHECK_FLAG))
		return TRUE;
	set_last_error(CRYPT_E_PENDING_CLOSE);
	return FALSE;
}

EXPORT(crypt32, const struct certificate_context *, CertDuplicateCertificateContext, (const struct certificate_context *context))
{
	if (context)
		__atomic_add_fetch(&of_context(context)->references, 1, __ATOMIC_RELAXED);
	return context;
}

EXPORT(crypt32, BOOL, CertFreeCertificateContext, (const struct certificate_context *context))
{
	if (context) {
		host_lock_acquire(&stores_lock);
		dereference(of_context(context));
		host_lock_release(&stores_lock);
	}
	return TRUE;
}

EXPORT(crypt32, const struct certificate_context *, CertCreateCertificateContext, (DWORD encoding, const BYTE *der, DWORD size))
{
	struct certificate *certificate;

	if ((encoding & 0xFFFF) != X509_ASN_ENCODING) {
		set_last_error(E_INVALIDARG_CODE);
		return NULL;
	}
	certificate = new_certificate(der, size);
	return certificate ? &certificate->context : NULL;
}

static bool is_wanted(const struct certificate *certificate, DWORD type, const void *what)
{
	const struct blob *blob = what;
	const struct certificate_context *other = what;
	const struct blob *name;
	BYTE digest[HASH_MAX_SIZE];
	struct hash hash;

	switch (type) {
	case FIND_SHA1_HASH:
		hash_start(&hash, HASH_SHA1);
		hash_update(&hash, certificate->der, certificate->context.size);
		hash_finish(&hash, digest);
		return blob->size == 20 && !memcmp(blob->data, digest, 20);
	case FIND_SUBJECT_NAME:
	case FIND_ISSUER_NAME:
		name = type == FIND_SUBJECT_NAME ? &certificate->context.info->subject : &certificate->context.info->issuer;
		return blob->size == name->size && !memcmp(blob->data, name->data, name->size);
	case FIND_EXISTING:
		return same(certificate, other->der, other->size);
	default:
		return true;
	}
}

/* The one behind `previous`, which is given back; NULL: CRYPT_E_NOT_FOUND. */
static const struct certificate_context *find(struct store *store, DWORD type, const void *what,
					      const struct certificate_context *previous)
{
	struct certificate *at;

	host_lock_acquire(&stores_lock);
	at = previous ? of_context(previous)->next : store->first;
	while (at && !is_wanted(at, type, what))
		at = at->next;
	if (at)
		__atomic_add_fetch(&at->references, 1, __ATOMIC_RELAXED);
	if (previous)
		dereference(of_context(previous));
	host_lock_release(&stores_lock);
	if (at)
		return &at->context;
	set_last_error(CRYPT_E_NOT_FOUND);
	return NULL;
}

EXPORT(crypt32, const struct certificate_context *, CertEnumCertificatesInStore,
       (struct store * store, const struct certificate_context *previous))
{
	return find(store, FIND_ANY, NULL, previous);
}

/* Names are compared as they are encoded; text within them is not searched for (E_INVALIDARG). */
EXPORT(crypt32, const struct certificate_context *, CertFindCertificateInStore,
       (struct store * store, DWORD encoding, DWORD flags, DWORD type, const void *what,
	const struct certificate_context *previous))
{
	switch (type) {
	case FIND_ANY:
	case FIND_SHA1_HASH:
	case FIND_SUBJECT_NAME:
	case FIND_ISSUER_NAME:
	case FIND_EXISTING:
		return find(store, type, what, previous);
	}
	CertFreeCertificateContext(previous);
	set_last_error(E_INVALIDARG_CODE);
	return NULL;
}

static BOOL add(struct store *store, const BYTE *der, DWORD size, DWORD disposition, const struct certificate_context **result)
{
	struct certificate *added, *at;
	DWORD error = 0;

	if (store && store->system) {
		set_last_error(ERROR_ACCESS_DENIED);
		return FALSE;
	}
	if (disposition < ADD_NEW || disposition > ADD_ALWAYS) {
		set_last_error(E_INVALIDARG_CODE);
		return FALSE;
	}
	added = new_certificate(der, size);
	if (!added)
		return FALSE;
	host_lock_acquire(&stores_lock);
	at = store && disposition != ADD_ALWAYS ? store->first : NULL;
	while (at && !same(at, der, size))
		at = at->next;
	if (at) {
		/* the same bytes: to replace it is to use it */
		dereference(added);
		added = at;
		error = disposition == ADD_NEW ? CRYPT_E_EXISTS : 0;
	} else if (store) {
		append(store, added);
	}
	if (result)
		*result = error ? NULL : &added->context;
	if (result && !error && store)
		added->references++;
	else if (!store && !result)
		dereference(added);
	host_lock_release(&stores_lock);
	if (error)
		set_last_error(error);
	return !error;
}

/* Without a store the result is a certificate of its own. */
EXPORT(crypt32, BOOL, CertAddEncodedCertificateToStore,
       (struct store * store, DWORD encoding, const BYTE *der, DWORD size, DWORD disposition,
	const struct certificate_context **result))
{
	return add(store, der, size, disposition, result);
}

EXPORT(crypt32, BOOL, CertAddCertificateContextToStore,
       (struct store * store, const struct certificate_context *context, DWORD disposition,
	const struct certificate_context **result))
{
	return add(store, context->der, context->size, disposition, result);
}

/* Certificates have no properties but what can be computed. */
EXPORT(crypt32, BOOL, CertGetCertificateContextProperty,
       (const struct certificate_context *context, DWORD property, void *data, DWORD *size))
{
	enum hash_kind kind = property == PROPERTY_MD5 ? HASH_MD5 : HASH_SHA1;
	DWORD room = *size;
	struct hash hash;

	if (property != PROPERTY_SHA1 && property != PROPERTY_MD5) {
		set_last_error(CRYPT_E_NOT_FOUND);
		return FALSE;
	}
	*size = hash_size(kind);
	if (!data)
		return TRUE;
	if (room < *size) {
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	hash_start(&hash, kind);
	hash_update(&hash, context->der, context->size);
	hash_finish(&hash, data);
	return TRUE;
}
