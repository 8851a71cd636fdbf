/*
 * tests/guest/certificates.c - crypt32: reading a certificate, stores of them, what they may be used for.
 *
 * The certificate was made with OpenSSL: CN=Test, serial number 80F1, valid from 2026-11-23 to 2036-11-20, for TLS servers and
 * one more purpose.
 */
#include "guest.h"

#include <wincrypt.h>

static const BYTE der[] = {
	0x30, 0x82, 0x01, 0x83, 0x30, 0x82, 0x01, 0x2a, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x03, 0x00,
	0x80, 0xf1, 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x30, 0x0f, 0x31, 0x0d,
	0x30, 0x0b, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x04, 0x54, 0x65, 0x73, 0x74, 0x30, 0x1e, 0x17, 0x0d, 0x32,
	0x36, 0x31, 0x31, 0x32, 0x33, 0x30, 0x34, 0x31, 0x31, 0x30, 0x32, 0x5a, 0x17, 0x0d, 0x33, 0x36, 0x31, 0x31,
	0x32, 0x30, 0x30, 0x34, 0x31, 0x31, 0x30, 0x32, 0x5a, 0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55,
	0x04, 0x03, 0x0c, 0x04, 0x54, 0x65, 0x73, 0x74, 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0xfb,
	0xac, 0xf6, 0x35, 0x8a, 0x7a, 0x02, 0x51, 0xa9, 0xd5, 0x86, 0xae, 0x43, 0x97, 0xca, 0x8e, 0x81, 0xdd, 0x21,
	0x79, 0x5f, 0x1c, 0xa7, 0xb0, 0xb5, 0x09, 0x55, 0x58, 0xe6, 0xd9, 0xb8, 0xa6, 0xd0, 0xdc, 0x76, 0xb9, 0x81,
	0x4b, 0x85, 0xb9, 0x50, 0x81, 0x65, 0x75, 0xcb, 0xb5, 0x1d, 0x14, 0x45, 0xc0, 0x90, 0x03, 0xab, 0x08, 0x23,
	0x0a, 0xe4, 0x94, 0xdd, 0x61, 0xb2, 0x86, 0x66, 0x63, 0xa3, 0x75, 0x30, 0x73, 0x30, 0x1d, 0x06, 0x03, 0x55,
	0x1d, 0x0e, 0x04, 0x16, 0x04, 0x14, 0x5e, 0x71, 0x98, 0x88, 0xbe, 0xed, 0x68, 0x5e, 0x3a, 0xa8, 0xee, 0x91,
	0xa9, 0x81, 0x27, 0xd2, 0x67, 0x92, 0x65, 0x63, 0x30, 0x1f, 0x06, 0x03, 0x55, 0x1d, 0x23, 0x04, 0x18, 0x30,
	0x16, 0x80, 0x14, 0x5e, 0x71, 0x98, 0x88, 0xbe, 0xed, 0x68, 0x5e, 0x3a, 0xa8, 0xee, 0x91, 0xa9, 0x81, 0x27,
	0xd2, 0x67, 0x92, 0x65, 0x63, 0x30, 0x0f, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x05, 0x30,
	0x03, 0x01, 0x01, 0xff, 0x30, 0x20, 0x06, 0x03, 0x55, 0x1d, 0x25, 0x04, 0x19, 0x30, 0x17, 0x06, 0x08, 0x2b,
	0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01, 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10,
	0x03, 0x08, 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x03, 0x47, 0x00, 0x30,
	0x44, 0x02, 0x20, 0x71, 0x42, 0x0d, 0xe9, 0x14, 0x00, 0x8a, 0x56, 0x5a, 0x1a, 0xf0, 0x7e, 0xb8, 0x4a, 0x76,
	0x42, 0x16, 0x15, 0x8e, 0x60, 0x18, 0x43, 0x5b, 0x6c, 0x06, 0x12, 0x77, 0x56, 0x76, 0x12, 0x61, 0x3d, 0x02,
	0x20, 0x29, 0x8f, 0xa4, 0xd5, 0x74, 0xf7, 0xdf, 0x6e, 0x8b, 0x6f, 0xa0, 0xc9, 0x07, 0x6c, 0x0d, 0x4c, 0xd6,
	0x98, 0x1a, 0x87, 0x52, 0x11, 0xc8, 0x9c, 0x34, 0x28, 0x70, 0x0f, 0x76, 0x49, 0xc1, 0x85};
static const BYTE sha1[20] = {0x24, 0xD1, 0xEB, 0xD0, 0x4D, 0x27, 0x22, 0x78, 0xE0, 0x91,
			      0x78, 0x91, 0xBB, 0x80, 0xAA, 0x89, 0x8B, 0x5F, 0x34, 0x88};

static FILETIME at_day(WORD year, WORD month, WORD day)
{
	SYSTEMTIME time = {.wYear = year, .wMonth = month, .wDay = day};
	FILETIME result;

	CHECK(SystemTimeToFileTime(&time, &result));
	return result;
}

static void contents(const CERT_CONTEXT *cert)
{
	const CERT_INFO *info = cert->pCertInfo;
	SYSTEMTIME time;
	FILETIME early = at_day(2026, 11, 22), good = at_day(2030, 1, 1), late = at_day(2036, 11, 21);

	CHECK_EQUAL(cert->dwCertEncodingType, X509_ASN_ENCODING);
	CHECK(cert->cbCertEncoded == sizeof(der) && !memcmp(cert->pbCertEncoded, der, sizeof(der)));
	CHECK_EQUAL(info->dwVersion, CERT_V3);
	CHECK(info->SerialNumber.cbData >= 2 && info->SerialNumber.pbData[0] == 0xF1 && info->SerialNumber.pbData[1] == 0x80);
	CHECK(!strcmp(info->SignatureAlgorithm.pszObjId, "1.2.840.10045.4.3.2"));
	CHECK(!strcmp(info->SubjectPublicKeyInfo.Algorithm.pszObjId, szOID_ECC_PUBLIC_KEY));
	CHECK_EQUAL(info->SubjectPublicKeyInfo.PublicKey.cbData, 65);
	CHECK_EQUAL(info->SubjectPublicKeyInfo.PublicKey.pbData[0], 4);
	CHECK(info->Subject.cbData == 17 && !memcmp(info->Subject.pbData + 13, "Test", 4));
	CHECK(info->Issuer.cbData == 17 && !memcmp(info->Issuer.pbData, info->Subject.pbData, 17));
	CHECK(FileTimeToSystemTime(&info->NotBefore, &time));
	CHECK(time.wYear == 2026 && time.wMonth == 11 && time.wDay == 23 && time.wHour == 4 && time.wSecond == 2);
	CHECK_EQUAL(CertVerifyTimeValidity(&early, cert->pCertInfo), -1);
	CHECK_EQUAL(CertVerifyTimeValidity(&good, cert->pCertInfo), 0);
	CHECK_EQUAL(CertVerifyTimeValidity(&late, cert->pCertInfo), 1);
	CHECK(CertFindExtension("2.5.29.37", info->cExtension, info->rgExtension) != NULL);
	CHECK(CertFindExtension("2.5.29.38", info->cExtension, info->rgExtension) == NULL);
	CHECK(CertFindExtension(szOID_BASIC_CONSTRAINTS2, info->cExtension, info->rgExtension)->fCritical);
}

static void usages(const CERT_CONTEXT *cert)
{
	DWORD size = 0, small = 8;
	CERT_ENHKEY_USAGE *usage;

	CHECK(CertGetEnhancedKeyUsage(cert, 0, NULL, &size));
	usage = calloc(1, size);
	CHECK_FAILS(CertGetEnhancedKeyUsage(cert, 0, usage, &small), ERROR_MORE_DATA);
	CHECK(CertGetEnhancedKeyUsage(cert, 0, usage, &size));
	CHECK_EQUAL(usage->cUsageIdentifier, 2);
	CHECK(!strcmp(usage->rgpszUsageIdentifier[0], szOID_PKIX_KP_SERVER_AUTH));
	CHECK(!strcmp(usage->rgpszUsageIdentifier[1], "1.2.840.113549.1.9.16.3.8"));
	free(usage);
}

static void memory_store(void)
{
	HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
	const CERT_CONTEXT *cert = CertCreateCertificateContext(X509_ASN_ENCODING, der, sizeof(der)), *added = NULL, *found;
	CRYPT_HASH_BLOB hash = {20, (BYTE *)(ULONG_PTR)sha1};
	BYTE digest[20];
	DWORD size = sizeof(digest);

	CHECK(store && cert);
	if (!store || !cert)
		return;
	contents(cert);
	usages(cert);
	CHECK(CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, digest, &size));
	CHECK(size == 20 && !memcmp(digest, sha1, 20));
	CHECK_FAILS(CertGetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size), (DWORD)CRYPT_E_NOT_FOUND);
	CHECK(CertAddCertificateContextToStore(store, cert, CERT_STORE_ADD_NEW, &added));
	CHECK(added && added != cert && added->hCertStore == store);
	CHECK_FAILS(CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, sizeof(der), CERT_STORE_ADD_NEW, NULL),
		    (DWORD)CRYPT_E_EXISTS);
	CHECK(CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, sizeof(der), CERT_STORE_ADD_ALWAYS, NULL));
	found = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &hash, NULL);
	CHECK(found == added);
	found = CertEnumCertificatesInStore(store, found);
	CHECK(found && found != added);
	CHECK(CertEnumCertificatesInStore(store, found) == NULL);
	CHECK_EQUAL(GetLastError(), (DWORD)CRYPT_E_NOT_FOUND);
	CHECK(CertFreeCertificateContext(cert));
	/* who has a certificate keeps it, though the store is closed */
	CHECK_FAILS(CertCloseStore(store, CERT_CLOSE_STORE_CHECK_FLAG), (DWORD)CRYPT_E_PENDING_CLOSE);
	CHECK(!memcmp(added->pbCertEncoded, der, sizeof(der)));
	CHECK(CertFreeCertificateContext(added));
	CHECK(CertCreateCertificateContext(X509_ASN_ENCODING, der, sizeof(der) - 1) == NULL);
	CHECK(CertCreateCertificateContext(X509_ASN_ENCODING, sha1, sizeof(sha1)) == NULL);
}

/* How many the machine trusts is its own affair; each can be read. */
static void system_store(void)
{
	HCERTSTORE store = CertOpenSystemStoreW(0, L"ROOT");
	const CERT_CONTEXT *cert = NULL;

	CHECK(store != NULL);
	while ((cert = CertEnumCertificatesInStore(store, cert)) != NULL)
		CHECK(cert->pCertInfo->Subject.cbData > 2 && cert->cbCertEncoded > 100);
	CHECK(CertCloseStore(store, 0));
	store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_OPEN_EXISTING_FLAG, L"my");
	CHECK(store != NULL);
	CHECK(CertCloseStore(store, 0));
	CHECK_FAILS(CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_OPEN_EXISTING_FLAG,
				  L"no store of this name") != NULL,
		    ERROR_FILE_NOT_FOUND);
	CHECK(CertCloseStore(NULL, 0));
}

/* An engine keeps the stores that it was given. */
static void engines(void)
{
	HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
	CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof(config), .hExclusiveRoot = store};
	HCERTCHAINENGINE engine = NULL;

	CHECK(CertCreateCertificateChainEngine(&config, &engine));
	CHECK((ULONG_PTR)engine > 2);
	CHECK(CertCloseStore(store, 0));
	CertFreeCertificateChainEngine(engine);
	CertFreeCertificateChainEngine(HCCE_LOCAL_MACHINE);
	config.cbSize = 12;
	CHECK_FAILS(CertCreateCertificateChainEngine(&config, &engine), (DWORD)E_INVALIDARG);
}

int main(void)
{
	engines();
	memory_store();
	system_store();
	return guest_result();
}
