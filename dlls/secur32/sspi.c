/*
 * dlls/secur32/sspi.c - the Security Support Provider Interface of a machine on which no security package is installed.
 *
 * Programs that use TLS or authentication of their own (libcurl among them) ask for the table of functions when they
 * start, whether they will need it or not.  The table is whole; every name of a package gives SEC_E_SECPKG_NOT_FOUND,
 * so that there are no credentials and no contexts, and every handle is SEC_E_INVALID_HANDLE (MSDN, "SSPI Status
 * Codes").
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

typedef LONG SECURITY_STATUS;

#define SEC_E_OK 0
#define SEC_E_INSUFFICIENT_MEMORY ((SECURITY_STATUS)0x80090300)
#define SEC_E_INVALID_HANDLE ((SECURITY_STATUS)0x80090301)
#define SEC_E_SECPKG_NOT_FOUND ((SECURITY_STATUS)0x80090305)

/* No package: an empty array, which FreeContextBuffer takes back. */
static SECURITY_STATUS no_packages(ULONG *count, PVOID *packages)
{
	*count = 0;
	*packages = LocalAlloc(LMEM_ZEROINIT, 1);
	return *packages ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

EXPORT(secur32, SECURITY_STATUS, EnumerateSecurityPackagesA, (ULONG * count, PVOID *packages))
{
	return no_packages(count, packages);
}

EXPORT(secur32, SECURITY_STATUS, EnumerateSecurityPackagesW, (ULONG * count, PVOID *packages))
{
	return no_packages(count, packages);
}

EXPORT(secur32, SECURITY_STATUS, FreeContextBuffer, (PVOID buffer))
{
	LocalFree(buffer);
	return SEC_E_OK;
}

/* The functions that name a package. */
#define NO_PACKAGE(name, params)                                                                                       \
	EXPORT(secur32, SECURITY_STATUS, name, params)                                                                 \
	{                                                                                                              \
		return SEC_E_SECPKG_NOT_FOUND;                                                                         \
	}

/* The functions that take a handle to credentials or to a context. */
#define NO_HANDLE(name, params)                                                                                        \
	EXPORT(secur32, SECURITY_STATUS, name, params)                                                                 \
	{                                                                                                              \
		return SEC_E_INVALID_HANDLE;                                                                           \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"

NO_PACKAGE(QuerySecurityPackageInfoA, (LPCSTR package, PVOID *info))
NO_PACKAGE(QuerySecurityPackageInfoW, (LPCWSTR package, PVOID *info))
NO_PACKAGE(AcquireCredentialsHandleA, (LPCSTR principal, LPCSTR package, ULONG use, PVOID logon, PVOID data,
				       PVOID get_key, PVOID argument, PVOID credentials, PVOID expiry))
NO_PACKAGE(AcquireCredentialsHandleW, (LPCWSTR principal, LPCWSTR package, ULONG use, PVOID logon, PVOID data,
				       PVOID get_key, PVOID argument, PVOID credentials, PVOID expiry))
NO_PACKAGE(AddCredentialsA, (PVOID credentials, LPCSTR principal, LPCSTR package, ULONG use, PVOID data, PVOID get_key,
			     PVOID argument, PVOID expiry))
NO_PACKAGE(AddCredentialsW, (PVOID credentials, LPCWSTR principal, LPCWSTR package, ULONG use, PVOID data,
			     PVOID get_key, PVOID argument, PVOID expiry))
NO_PACKAGE(ImportSecurityContextA, (LPCSTR package, PVOID packed, PVOID token, PVOID context))
NO_PACKAGE(ImportSecurityContextW, (LPCWSTR package, PVOID packed, PVOID token, PVOID context))
NO_PACKAGE(ChangeAccountPasswordA, (LPCSTR package, LPCSTR domain, LPCSTR account, LPCSTR old, LPCSTR new,
				    BOOLEAN impersonating, DWORD reserved, PVOID output))
NO_PACKAGE(ChangeAccountPasswordW, (LPCWSTR package, LPCWSTR domain, LPCWSTR account, LPCWSTR old, LPCWSTR new,
				    BOOLEAN impersonating, DWORD reserved, PVOID output))

NO_HANDLE(FreeCredentialsHandle, (PVOID credentials))
NO_HANDLE(QueryCredentialsAttributesA, (PVOID credentials, ULONG attribute, PVOID buffer))
NO_HANDLE(QueryCredentialsAttributesW, (PVOID credentials, ULONG attribute, PVOID buffer))
NO_HANDLE(SetCredentialsAttributesA, (PVOID credentials, ULONG attribute, PVOID buffer, ULONG size))
NO_HANDLE(SetCredentialsAttributesW, (PVOID credentials, ULONG attribute, PVOID buffer, ULONG size))
NO_HANDLE(InitializeSecurityContextA,
	  (PVOID credentials, PVOID context, LPCSTR target, ULONG request, ULONG reserved1, ULONG representation,
	   PVOID input, ULONG reserved2, PVOID new, PVOID output, ULONG *attributes, PVOID expiry))
NO_HANDLE(InitializeSecurityContextW,
	  (PVOID credentials, PVOID context, LPCWSTR target, ULONG request, ULONG reserved1, ULONG representation,
	   PVOID input, ULONG reserved2, PVOID new, PVOID output, ULONG *attributes, PVOID expiry))
NO_HANDLE(AcceptSecurityContext, (PVOID credentials, PVOID context, PVOID input, ULONG request, ULONG representation,
				  PVOID new, PVOID output, ULONG *attributes, PVOID expiry))
NO_HANDLE(CompleteAuthToken, (PVOID context, PVOID token))
NO_HANDLE(DeleteSecurityContext, (PVOID context))
NO_HANDLE(ApplyControlToken, (PVOID context, PVOID input))
NO_HANDLE(QueryContextAttributesA, (PVOID context, ULONG attribute, PVOID buffer))
NO_HANDLE(QueryContextAttributesW, (PVOID context, ULONG attribute, PVOID buffer))
NO_HANDLE(SetContextAttributesA, (PVOID context, ULONG attribute, PVOID buffer, ULONG size))
NO_HANDLE(SetContextAttributesW, (PVOID context, ULONG attribute, PVOID buffer, ULONG size))
NO_HANDLE(ImpersonateSecurityContext, (PVOID context))
NO_HANDLE(RevertSecurityContext, (PVOID context))
NO_HANDLE(MakeSignature, (PVOID context, ULONG quality, PVOID message, ULONG sequence))
NO_HANDLE(VerifySignature, (PVOID context, PVOID message, ULONG sequence, ULONG *quality))
NO_HANDLE(EncryptMessage, (PVOID context, ULONG quality, PVOID message, ULONG sequence))
NO_HANDLE(DecryptMessage, (PVOID context, PVOID message, ULONG sequence, ULONG *quality))
NO_HANDLE(ExportSecurityContext, (PVOID context, ULONG flags, PVOID packed, PVOID *token))
NO_HANDLE(QuerySecurityContextToken, (PVOID context, PVOID *token))

/* MSDN SecurityFunctionTable, version 4; the members of both forms are in the same places. */
struct function_table {
	ULONG version;
	PVOID functions[28];
};

#define FUNCTIONS(AW)                                                                                                  \
	{                                                                                                              \
		EnumerateSecurityPackages##AW, QueryCredentialsAttributes##AW, AcquireCredentialsHandle##AW,           \
			FreeCredentialsHandle, NULL, InitializeSecurityContext##AW, AcceptSecurityContext,             \
			CompleteAuthToken, DeleteSecurityContext, ApplyControlToken, QueryContextAttributes##AW,       \
			ImpersonateSecurityContext, RevertSecurityContext, MakeSignature, VerifySignature,             \
			FreeContextBuffer, QuerySecurityPackageInfo##AW, EncryptMessage, DecryptMessage,               \
			ExportSecurityContext, ImportSecurityContext##AW, AddCredentials##AW, NULL,                    \
			QuerySecurityContextToken, EncryptMessage, DecryptMessage, SetContextAttributes##AW,           \
			SetCredentialsAttributes##AW                                                                   \
	}

EXPORT(secur32, struct function_table *, InitSecurityInterfaceA, (void))
{
	static struct function_table table = {4, FUNCTIONS(A)};

	return &table;
}

EXPORT(secur32, struct function_table *, InitSecurityInterfaceW, (void))
{
	static struct function_table table = {4, FUNCTIONS(W)};

	return &table;
}
