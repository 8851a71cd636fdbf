/*
 * file_security.c - descriptors as text, and the descriptors of files.
 */
#include "guest.h"
#include <aclapi.h>
#include <sddl.h>

static const SECURITY_INFORMATION all = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

/* Through a descriptor and back. */
static void round_trip(const char *text, const char *wanted)
{
	PSECURITY_DESCRIPTOR descriptor;
	ULONG size = 0, length = 0;
	char *back = NULL;

	CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &descriptor, &size));
	CHECK(IsValidSecurityDescriptor(descriptor));
	CHECK_EQUAL(GetSecurityDescriptorLength(descriptor), size);
	CHECK(ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1,
								   all | LABEL_SECURITY_INFORMATION, &back, &length));
	if (strcmp(back, wanted)) {
		printf("%s came back as %s\n", text, back);
		CHECK(!"as it was");
	}
	CHECK_EQUAL(length, strlen(back) + 1);
	LocalFree(back);
	LocalFree(descriptor);
}

static void texts(void)
{
	PSECURITY_DESCRIPTOR descriptor;

	round_trip("O:BAG:SYD:P(A;OICI;FA;;;SY)(D;;0x1200a9;;;WD)", "O:BAG:SYD:P(A;OICI;FA;;;SY)(D;;0x1200a9;;;WD)");
	round_trip("O:S-1-5-21-1-2-3-1000D:(A;;GRGX;;;BU)", "O:S-1-5-21-1-2-3-1000D:(A;;GRGX;;;BU)");
	round_trip("D:AI(A;ID;KR;;;S-1-5-32-545)", "D:AI(A;ID;KR;;;BU)");
	round_trip("D:(A;;CCDCLC;;;AU)S:(ML;;NWNR;;;LW)", "D:(A;;CCDCLC;;;AU)S:(ML;;NWNR;;;LW)");
	round_trip("D:", "D:");
	round_trip("", "");
	CHECK_FAILS(ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(A;;FA;;;XX)", 1, &descriptor, NULL),
		    ERROR_INVALID_PARAMETER);
	CHECK_FAILS(ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(A;;FA;;;SY", 1, &descriptor, NULL),
		    ERROR_INVALID_PARAMETER);
	CHECK_FAILS(ConvertStringSecurityDescriptorToSecurityDescriptorA("nonsense", 1, &descriptor, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(ConvertStringSecurityDescriptorToSecurityDescriptorA("D:", 2, &descriptor, NULL), ERROR_UNKNOWN_REVISION);
}

/* The rights that the file's list grants to a SID, by name; 0: it is not in it. */
static DWORD granted(const char *path, const char *text)
{
	PSECURITY_DESCRIPTOR descriptor;
	DWORD mask = 0;
	PSID sid;
	ACL *dacl = NULL;

	CHECK(ConvertStringSidToSidA(text, &sid));
	CHECK_EQUAL(GetNamedSecurityInfoA((char *)path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor),
		    ERROR_SUCCESS);
	for (DWORD i = 0; dacl && i < dacl->AceCount; i++) {
		ACCESS_ALLOWED_ACE *ace;

		CHECK(GetAce(dacl, i, (void **)&ace));
		if (EqualSid(&ace->SidStart, sid))
			mask |= ace->Mask;
	}
	LocalFree(descriptor);
	LocalFree(sid);
	return mask;
}

static DWORD set_list(const char *path, const char *text)
{
	PSECURITY_DESCRIPTOR descriptor;
	BOOL present, defaulted;
	DWORD error;
	ACL *dacl;

	CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &descriptor, NULL));
	CHECK(GetSecurityDescriptorDacl(descriptor, &present, &dacl, &defaulted) && present);
	error = SetNamedSecurityInfoA((char *)path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
				      NULL, NULL, dacl, NULL);
	LocalFree(descriptor);
	return error;
}

static void files(void)
{
	char directory[MAX_PATH], path[MAX_PATH], user[1024], list[2048];
	SECURITY_ATTRIBUTES attributes = {sizeof(attributes), NULL, FALSE};
	BYTE buffer[512];
	PSID owner;
	char *text;
	HANDLE token, file;
	DWORD size;

	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
	CHECK(GetTokenInformation(token, TokenUser, user, sizeof(user), &size));
	CHECK(ConvertSidToStringSidA(((TOKEN_USER *)user)->User.Sid, &text));
	CloseHandle(token);
	CHECK(GetTempPathA(sizeof(directory), directory) != 0);
	CHECK(GetTempFileNameA(directory, "sec", 0, path) != 0);

	CHECK_FAILS(GetFileSecurityA(path, all, NULL, 0, &size), ERROR_INSUFFICIENT_BUFFER);
	CHECK(size <= sizeof(buffer));
	CHECK(GetFileSecurityA(path, all, buffer, sizeof(buffer), &size));
	CHECK(IsValidSecurityDescriptor(buffer));
	CHECK(GetSecurityDescriptorOwner(buffer, &owner, &(BOOL){0}));
	CHECK(EqualSid(owner, ((TOKEN_USER *)user)->User.Sid));
	CHECK_EQUAL(granted(path, text), FILE_ALL_ACCESS);

	/* For the owner only; for all to read; not to be written. */
	snprintf(list, sizeof(list), "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;%s)", text);
	CHECK_EQUAL(set_list(path, list), ERROR_SUCCESS);
	CHECK_EQUAL(granted(path, text), FILE_ALL_ACCESS);
	CHECK_EQUAL(granted(path, "S-1-1-0"), 0);
	strcat(list, "(A;;FR;;;WD)");
	CHECK_EQUAL(set_list(path, list), ERROR_SUCCESS);
	CHECK_EQUAL(granted(path, text), FILE_ALL_ACCESS);
	CHECK_EQUAL(granted(path, "S-1-1-0"), FILE_GENERIC_READ);
	snprintf(list, sizeof(list), "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1e01a9;;;%s)", text);
	CHECK_EQUAL(set_list(path, list), ERROR_SUCCESS);
	CHECK_EQUAL(granted(path, text) & (FILE_READ_DATA | FILE_WRITE_DATA), FILE_READ_DATA);
	snprintf(list, sizeof(list), "D:P(A;;FA;;;%s)", text);
	CHECK_EQUAL(set_list(path, list), ERROR_SUCCESS);

	/* By handle, with the rights that it takes. */
	file = CreateFileA(path, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(GetKernelObjectSecurity(file, all, buffer, sizeof(buffer), &size));
	CHECK_FAILS(SetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION, buffer), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	CHECK_EQUAL(SetNamedSecurityInfoA(path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, owner, NULL, NULL, NULL), ERROR_SUCCESS);
	CHECK_EQUAL(GetNamedSecurityInfoA("no such file", SE_FILE_OBJECT, all, NULL, NULL, NULL, NULL, (void **)&owner),
		    ERROR_FILE_NOT_FOUND);
	CHECK(DeleteFileA(path));

	/* A directory that is made for its owner alone: what mkdtemp does. */
	CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorA("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)", 1,
								   &attributes.lpSecurityDescriptor, NULL));
	CHECK(CreateDirectoryA(path, &attributes));
	CHECK_EQUAL(granted(path, "S-1-1-0"), 0);
	CHECK(RemoveDirectoryA(path));
	LocalFree(attributes.lpSecurityDescriptor);
	LocalFree(text);
}

static void others(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	PSECURITY_DESCRIPTOR descriptor;
	ACL *dacl = NULL;

	CHECK_EQUAL(GetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor),
		    ERROR_SUCCESS);
	CHECK(dacl && dacl->AceCount > 0);
	LocalFree(descriptor);
	CloseHandle(event);
}

int main(void)
{
	texts();
	files();
	others();
	return guest_result();
}
