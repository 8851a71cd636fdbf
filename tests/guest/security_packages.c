/*
 * security_packages.c - the table of SSPI is whole, and what names no package or no handle is refused.
 */
#include "guest.h"
#define SECURITY_WIN32
#include <security.h>

static void table(void)
{
	PSecurityFunctionTableA narrow = InitSecurityInterfaceA();
	PSecurityFunctionTableW wide = InitSecurityInterfaceW();
	SecPkgInfoW *info = NULL, *packages = NULL;
	SecPkgInfoA *info_a = NULL;
	ULONG count = 1234;
	TimeStamp expiry;
	CredHandle handle;

	CHECK(narrow && wide && (void *)narrow != (void *)wide);
	if (!narrow || !wide)
		return;
	CHECK(narrow->dwVersion >= 1 && wide->dwVersion >= 1);
	CHECK(narrow->AcquireCredentialsHandleA && wide->AcquireCredentialsHandleW && wide->InitializeSecurityContextW);
	CHECK(wide->DeleteSecurityContext && wide->EncryptMessage && wide->DecryptMessage);
	CHECK_EQUAL(wide->QuerySecurityPackageInfoW(L"No such package", &info), SEC_E_SECPKG_NOT_FOUND);
	CHECK_EQUAL(narrow->QuerySecurityPackageInfoA("No such package", &info_a), SEC_E_SECPKG_NOT_FOUND);
	CHECK_EQUAL(wide->AcquireCredentialsHandleW(NULL, L"No such package", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
						    &handle, &expiry),
		    SEC_E_SECPKG_NOT_FOUND);
	CHECK_EQUAL(wide->EnumerateSecurityPackagesW(&count, &packages), SEC_E_OK);
	CHECK(count != 1234 && packages != NULL);
	CHECK_EQUAL(wide->FreeContextBuffer(packages), SEC_E_OK);
}

int main(void)
{
	CredHandle nothing;

	table();
	SecInvalidateHandle(&nothing);
	CHECK_EQUAL(DeleteSecurityContext(&nothing), SEC_E_INVALID_HANDLE);
	CHECK_EQUAL(FreeCredentialsHandle(&nothing), SEC_E_INVALID_HANDLE);
	return guest_result();
}
