/*
 * tests/guest/activation_contexts.c - activation contexts: manifests that are right and wrong, what comes with them, which is active
 * in threads and fibers, and what is said about all that.
 */
#include "guest.h"

#include <wchar.h>

#define SCHEMA "urn:schemas-microsoft-com:asm.v1"
#define HEAD "<assembly xmlns=\"" SCHEMA "\" manifestVersion=\"1.0\">"
#define IDENTITY "<assemblyIdentity version=\"1.2.3.4\" name=\"Pewter.Test\" type=\"win32\"/>"

static WCHAR folder[MAX_PATH], root_path[MAX_PATH], program[MAX_PATH], program_folder[MAX_PATH];

static void put_file(const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(name, "wb");

	CHECK(file != NULL);
	if (!file)
		exit(1);
	fwrite(bytes, 1, size, file);
	fclose(file);
}

static HANDLE create(const char *text)
{
	ACTCTXW request = {.cbSize = sizeof(request), .lpSource = L"root.manifest"};

	if (text)
		put_file("root.manifest", text, strlen(text));
	return CreateActCtxW(&request);
}

static void refused(const char *text)
{
	SetLastError(0xDEADBEEF);
	CHECK(create(text) == INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_SXS_CANT_GEN_ACTCTX);
}

static void accepted(const char *text)
{
	HANDLE context = create(text);

	CHECK(context != INVALID_HANDLE_VALUE && context != NULL);
	ReleaseActCtx(context);
}

static void manifests(void)
{
	static const WCHAR wide[] = L"\xFEFF<?xml version=\"1.0\"?><assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\" "
				    L"manifestVersion=\"1.0\"></assembly>";
	ACTCTXW request = {.cbSize = sizeof(request), .lpSource = L"nowhere.manifest"};

	CHECK_FAILS(CreateActCtxW(&request) != INVALID_HANDLE_VALUE, ERROR_FILE_NOT_FOUND);
	request.cbSize = 8;
	CHECK_FAILS(CreateActCtxW(&request) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateActCtxW(NULL) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	request.cbSize = sizeof(request);
	request.lpSource = NULL;
	CHECK_FAILS(CreateActCtxW(&request) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);

	accepted(HEAD "</assembly>");
	accepted("<assembly xmlns=\"" SCHEMA "\" manifestVersion=\"1.0\" />");
	accepted("\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- a -- comment -->\n" HEAD IDENTITY "</assembly>\n<!-- end -->\n");
	accepted("<assembly manifestVersion = \"1.0\" xmlns\n=\n'" SCHEMA "'>" IDENTITY "</assembly>");
	accepted("<v1:assembly xmlns:v1=\"" SCHEMA "\" manifestVersion=\"1.0\"><v1:assemblyIdentity name=\"a\" version=\"1.0.0.0\"/></v1:assembly>");
	accepted(HEAD IDENTITY "<asmv3:application><asmv3:windowsSettings xmlns=\"urn:x\"><dpiAware>true</dpiAware>"
			       "</asmv3:windowsSettings></asmv3:application></assembly>");
	put_file("root.manifest", wide, sizeof(wide) - sizeof(*wide));
	accepted(NULL);
	put_file("root.manifest", wide + 1, sizeof(wide) - 2 * sizeof(*wide));
	refused(NULL);

	refused("");
	refused("text");
	refused(HEAD IDENTITY "</assembly");
	refused(HEAD IDENTITY);
	refused(HEAD IDENTITY "</assembly>text");
	refused(HEAD IDENTITY "</assembly><a/>");
	refused(HEAD "<a></b></assembly>");
	refused(HEAD "<a b></a></assembly>");
	refused(HEAD "<a b=c></a></assembly>");
	refused(HEAD "<a b='1' b='2'></a></assembly>");
	refused("<assembly manifestVersion=\"1.0\"></assembly>");
	refused("<assembly xmlns=\"" SCHEMA "\"></assembly>");
	refused("<assembly xmlns=\"" SCHEMA "\" manifestVersion=\"2.0\"></assembly>");
	refused("<asembly xmlns=\"" SCHEMA "\" manifestVersion=\"1.0\"></asembly>");
	refused(HEAD "<assemblyIdentity version=\"1.2.3.4\" type=\"win32\"/></assembly>");
	refused(HEAD "<assemblyIdentity version=\"1.2.3\" name=\"a\" type=\"win32\"/></assembly>");
	refused(HEAD "<assemblyIdentity version=\"1.2.3.65536\" name=\"a\"/></assembly>");
	refused(HEAD IDENTITY IDENTITY "</assembly>");
	refused(HEAD IDENTITY "<file/></assembly>");
	refused(HEAD IDENTITY "<dependency><dependentAssembly><assemblyIdentity name=\"missing\" version=\"1.0.0.0\"/>"
			      "</dependentAssembly></dependency></assembly>");
	accepted(HEAD IDENTITY "<dependency optional=\"yes\"><dependentAssembly><assemblyIdentity name=\"missing\" version=\"1.0.0.0\"/>"
			       "</dependentAssembly></dependency></assembly>");
	accepted(HEAD IDENTITY "<dependency><dependentAssembly allowDelayedBinding=\"true\"><assemblyIdentity name=\"missing\" "
			       "version=\"1.0.0.0\"/></dependentAssembly></dependency></assembly>");
	accepted(HEAD IDENTITY "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" name=\"Microsoft.Windows.Common-Controls\" "
			       "version=\"6.0.0.0\" processorArchitecture=\"*\" publicKeyToken=\"6595b64144ccf1df\" language=\"*\"/>"
			       "</dependentAssembly></dependency></assembly>");
}

/* Whatever bytes a manifest has, it is a context or an error. */
static void damaged_manifests(void)
{
	static const char good[] = "<?xml version=\"1.0\"?><!-- c -->" HEAD IDENTITY
				   "<file name='a.dll'><windowClass versioned='no'>C&amp;D</windowClass></file>"
				   "<application xmlns:x=\"urn:x\"><windowsSettings><x:y>z</x:y></windowsSettings></application>"
				   "<compatibility><application><supportedOS Id=\"{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}\"/>"
				   "</application></compatibility></assembly>";
	char text[sizeof(good)], deep[2000];
	unsigned seed = 1;

	for (int round = 0; round < 300; round++) {
		HANDLE context;

		memcpy(text, good, sizeof(good));
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % (sizeof(good) - 1)] = "<>/=\"'&:! a\xFF\x80"[(seed >> 24) % 13];
		}
		put_file("root.manifest", text, seed % 7 ? sizeof(text) - 1 : seed % sizeof(text));
		context = create(NULL);
		if (context == INVALID_HANDLE_VALUE)
			CHECK_EQUAL(GetLastError(), ERROR_SXS_CANT_GEN_ACTCTX);
		else
			ReleaseActCtx(context);
	}
	for (int i = 0; i < 600; i++)
		memcpy(deep + 3 * i, "<a>", 3);
	put_file("root.manifest", deep, 1800);
	refused(NULL);
}

static void active_ones(void)
{
	HANDLE first = create(HEAD IDENTITY "</assembly>"), second = create(NULL), current = (HANDLE)1;
	ULONG_PTR outer, inner;

	CHECK(GetCurrentActCtx(&current));
	CHECK(current == NULL);
	CHECK(ActivateActCtx(first, &outer));
	CHECK(outer != 0);
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == first);
	ReleaseActCtx(current);
	CHECK(ActivateActCtx(second, &inner));
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == second);
	ReleaseActCtx(current);
	CHECK(DeactivateActCtx(0, inner));
	CHECK(ActivateActCtx(NULL, &inner));
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == NULL);
	/* With all that is inside. */
	CHECK(DeactivateActCtx(DEACTIVATE_ACTCTX_FLAG_FORCE_EARLY_DEACTIVATION, outer));
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == NULL);
	CHECK_FAILS(ActivateActCtx(INVALID_HANDLE_VALUE, &inner), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CloseHandle(first), ERROR_INVALID_HANDLE);
	ReleaseActCtx(first);
	ReleaseActCtx(second);
	ReleaseActCtx(NULL);
	ReleaseActCtx(INVALID_HANDLE_VALUE);
}

static DWORD raised;
static void *landing[5];

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers)
{
	raised = pointers->ExceptionRecord->ExceptionCode;
	__builtin_longjmp(landing, 1);
}

static void wrong_cookies(void)
{
	HANDLE context = create(HEAD "</assembly>");
	PVOID handler = AddVectoredExceptionHandler(1, on_exception);
	ULONG_PTR outer, inner;

	if (__builtin_setjmp(landing) == 0)
		DeactivateActCtx(0, 0x1234);
	CHECK_EQUAL(raised, 0xC0150010);
	raised = 0;
	CHECK(ActivateActCtx(context, &outer));
	CHECK(ActivateActCtx(context, &inner));
	if (__builtin_setjmp(landing) == 0)
		DeactivateActCtx(0, outer);
	CHECK_EQUAL(raised, 0xC015000F);
	CHECK(DeactivateActCtx(0, inner));
	CHECK(DeactivateActCtx(0, outer));
	RemoveVectoredExceptionHandler(handler);
	ReleaseActCtx(context);
}

static DWORD WINAPI finds(LPVOID expected)
{
	HANDLE current;

	GetCurrentActCtx(&current);
	ReleaseActCtx(current);
	return current == expected;
}

static DWORD in_thread(HANDLE expected)
{
	HANDLE thread = CreateThread(NULL, 0, finds, expected, 0, NULL);
	DWORD found = 99;

	WaitForSingleObject(thread, INFINITE);
	GetExitCodeThread(thread, &found);
	CloseHandle(thread);
	return found;
}

static PVOID main_fiber;
static HANDLE in_fiber;

static void CALLBACK fiber_routine(PVOID context)
{
	ULONG_PTR cookie;

	GetCurrentActCtx(&in_fiber);
	CHECK(ActivateActCtx(context, &cookie));
	SwitchToFiber(main_fiber);
	GetCurrentActCtx(&in_fiber);
	ReleaseActCtx(in_fiber);
	SwitchToFiber(main_fiber);
}

static void threads_and_fibers(void)
{
	HANDLE context = create(HEAD "</assembly>"), current;
	ULONG_PTR cookie;
	PVOID fiber;

	ROW(79, "execution");
	CHECK_EQUAL(in_thread(NULL), 1);
	CHECK(ActivateActCtx(context, &cookie));
	CHECK_EQUAL(in_thread(context), 1);
	ROW(91, "execution");
	main_fiber = ConvertThreadToFiber(NULL);
	fiber = CreateFiber(0, fiber_routine, context);
	in_fiber = (HANDLE)1;
	SwitchToFiber(fiber);
	CHECK(in_fiber == NULL);
	CHECK(DeactivateActCtx(0, cookie));
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == NULL);
	SwitchToFiber(fiber);
	CHECK(in_fiber == context);
	CHECK(GetCurrentActCtx(&current));
	CHECK(current == NULL);
	DeleteFiber(fiber);
	CHECK(ConvertFiberToThread());
	guest_row[0] = 0;
	ReleaseActCtx(context);
}

static void informations(void)
{
	union {
		ACTIVATION_CONTEXT_BASIC_INFORMATION basic;
		ACTIVATION_CONTEXT_DETAILED_INFORMATION detailed;
		ACTIVATION_CONTEXT_ASSEMBLY_DETAILED_INFORMATION assembly;
		ASSEMBLY_FILE_DETAILED_INFORMATION file;
		DWORD words[3];
		char bytes[4096];
	} info;
	HANDLE context;
	ULONG_PTR cookie;
	SIZE_T size, again;
	ULONG index[2] = {1, 1};

	put_file("part.manifest", HEAD "<assemblyIdentity type=\"win32\" name=\"part\" version=\"6.5.4.3\" processorArchitecture=\"amd64\"/>"
				       "<file name=\"one.dll\"><windowClass>ClassOne</windowClass>"
				       "<windowClass versioned=\"no\">ClassTwo</windowClass></file><file name=\"two.dll\"/></assembly>",
		 strlen(HEAD "<assemblyIdentity type=\"win32\" name=\"part\" version=\"6.5.4.3\" processorArchitecture=\"amd64\"/>"
			     "<file name=\"one.dll\"><windowClass>ClassOne</windowClass>"
			     "<windowClass versioned=\"no\">ClassTwo</windowClass></file><file name=\"two.dll\"/></assembly>"));
	refused(HEAD IDENTITY "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" name=\"part\" version=\"6.5.4.4\"/>"
			      "</dependentAssembly></dependency></assembly>");
	context = create(HEAD IDENTITY
			 "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" name=\"part\" version=\"6.5.4.3\" "
			 "processorArchitecture=\"*\"/></dependentAssembly></dependency><trustInfo xmlns=\"urn:schemas-microsoft-com:asm.v2\">"
			 "<security><requestedPrivileges><requestedExecutionLevel level=\"requireAdministrator\" uiAccess=\"true\"/>"
			 "</requestedPrivileges></security></trustInfo><application xmlns=\"urn:schemas-microsoft-com:asm.v3\">"
			 "<windowsSettings><dpiAware xmlns=\"http://schemas.microsoft.com/SMI/2005/WindowsSettings\"> true </dpiAware>"
			 "<x:longPathAware xmlns:x=\"http://schemas.microsoft.com/SMI/2016/WindowsSettings\">a&amp;b</x:longPathAware>"
			 "</windowsSettings></application><compatibility xmlns=\"urn:schemas-microsoft-com:compatibility.v1\"><application>"
			 "<supportedOS Id=\"{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}\"/></application></compatibility></assembly>");
	CHECK(context != INVALID_HANDLE_VALUE);
	if (context == INVALID_HANDLE_VALUE)
		return;

	CHECK(QueryActCtxW(QUERY_ACTCTX_FLAG_NO_ADDREF, context, NULL, 1, &info, sizeof(info.basic), &size));
	CHECK_EQUAL(size, sizeof(info.basic));
	CHECK(info.basic.hActCtx == context);
	size = 9;
	CHECK_FAILS(QueryActCtxW(QUERY_ACTCTX_FLAG_NO_ADDREF | QUERY_ACTCTX_FLAG_USE_ACTIVE_ACTCTX, context, NULL, 1, &info,
				 sizeof(info.basic), &size),
		    ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(size, 0);
	CHECK_FAILS(QueryActCtxW(0, context, NULL, 99, &info, sizeof(info), &size), ERROR_INVALID_PARAMETER);

	CHECK_FAILS(QueryActCtxW(0, context, NULL, 2, &info, sizeof(info.detailed), &size), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(size, sizeof(info.detailed) + (wcslen(root_path) + 1 + wcslen(program_folder) + 1) * sizeof(WCHAR));
	CHECK(QueryActCtxW(0, context, NULL, 2, &info, size, &again));
	CHECK_EQUAL(again, size);
	CHECK_EQUAL(info.detailed.ulFormatVersion, 1);
	CHECK_EQUAL(info.detailed.ulAssemblyCount, 2);
	CHECK_EQUAL(info.detailed.ulRootManifestPathType, ACTIVATION_CONTEXT_PATH_TYPE_WIN32_FILE);
	CHECK_EQUAL(info.detailed.ulRootManifestPathChars, wcslen(root_path));
	CHECK_EQUAL(info.detailed.ulRootConfigurationPathType, ACTIVATION_CONTEXT_PATH_TYPE_NONE);
	CHECK(_wcsicmp(info.detailed.lpRootManifestPath, root_path) == 0);
	CHECK(_wcsicmp(info.detailed.lpAppDirPath, program_folder) == 0);
	CHECK(info.detailed.lpRootConfigurationPath == NULL);

	index[0] = 1;
	CHECK(QueryActCtxW(0, context, index, 3, &info, sizeof(info), &size));
	CHECK(wcscmp(info.assembly.lpAssemblyEncodedAssemblyIdentity, L"Pewter.Test,type=\"win32\",version=\"1.2.3.4\"") == 0);
	CHECK_EQUAL(info.assembly.ulManifestVersionMajor, 1);
	CHECK_EQUAL(info.assembly.ulAssemblyDirectoryNameLength, 0);
	CHECK_EQUAL(info.assembly.ulFileCount, 0);
	index[0] = 2;
	CHECK(QueryActCtxW(0, context, index, 3, &info, sizeof(info), &size));
	CHECK(wcscmp(info.assembly.lpAssemblyEncodedAssemblyIdentity,
		     L"part,processorArchitecture=\"amd64\",type=\"win32\",version=\"6.5.4.3\"") == 0);
	CHECK(info.assembly.ulAssemblyDirectoryNameLength != 0);
	CHECK_EQUAL(info.assembly.ulFileCount, 2);
	index[0] = 3;
	CHECK(!QueryActCtxW(0, context, index, 3, &info, sizeof(info), &size));

	index[0] = index[1] = 1;
	CHECK_FAILS(QueryActCtxW(0, context, index, 4, &info, sizeof(info.file), &size), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(size, sizeof(info.file) + sizeof(L"two.dll"));
	CHECK(QueryActCtxW(0, context, index, 4, &info, sizeof(info), &size));
	CHECK_EQUAL(size, 0);
	CHECK(wcscmp(info.file.lpFileName, L"two.dll") == 0);
	CHECK_EQUAL(info.file.ulFlags, 2);
	CHECK_EQUAL(info.file.ulPathLength, 0);

	CHECK(QueryActCtxW(0, context, NULL, 5, &info, sizeof(info), &size));
	CHECK_EQUAL(size, 12);
	CHECK_EQUAL(info.words[1], 3);
	CHECK_EQUAL(info.words[2], 1);
	CHECK(QueryActCtxW(0, context, NULL, 6, &info, sizeof(info), &size));
	CHECK_EQUAL(info.words[0], 1);

	{
		BOOL(WINAPI * settings)
		(DWORD, HANDLE, LPCWSTR, LPCWSTR, LPWSTR, SIZE_T, SIZE_T *) =
			(void *)GetProcAddress(GetModuleHandleA("kernel32"), "QueryActCtxSettingsW");
		WCHAR value[8];

		CHECK(settings(0, context, NULL, L"dpiAware", value, 8, &size));
		CHECK(wcscmp(value, L"true") == 0);
		CHECK_EQUAL(size, 5);
		CHECK_FAILS(settings(0, context, NULL, L"dpiAware", value, 4, &size), ERROR_INSUFFICIENT_BUFFER);
		CHECK_FAILS(settings(0, context, NULL, L"longPathAware", value, 8, &size), ERROR_SXS_KEY_NOT_FOUND);
		CHECK(settings(0, context, L"http://schemas.microsoft.com/SMI/2016/WindowsSettings", L"longPathAware", value, 8, &size));
		CHECK(wcscmp(value, L"a&b") == 0);
		CHECK_FAILS(settings(0, context, NULL, NULL, value, 8, &size), ERROR_INVALID_PARAMETER);
	}

	ACTCTX_SECTION_KEYED_DATA data = {.cbSize = sizeof(data)}, other = {.cbSize = sizeof(other)};

	CHECK_FAILS(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, NULL, &data), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, L"one.dll", NULL),
		    ERROR_INVALID_PARAMETER);
	CHECK(ActivateActCtx(context, &cookie));
	CHECK_FAILS(FindActCtxSectionStringW(0, NULL, 100, L"one.dll", &data), ERROR_SXS_SECTION_NOT_FOUND);
	CHECK_FAILS(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, L"three.dll", &data),
		    ERROR_SXS_KEY_NOT_FOUND);
	data.cbSize = 35;
	CHECK_FAILS(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, L"one.dll", &data),
		    ERROR_INVALID_PARAMETER);
	data.cbSize = sizeof(data);
	CHECK(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, L"ONE.dll", &data));
	CHECK(FindActCtxSectionStringA(FIND_ACTCTX_SECTION_KEY_RETURN_HACTCTX, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION,
				       "two.dll", &other));
	CHECK_EQUAL(data.ulDataFormatVersion, 1);
	CHECK_EQUAL(data.ulLength, 20);
	CHECK_EQUAL(((DWORD *)data.lpData)[0], 20);
	CHECK_EQUAL(((DWORD *)data.lpData)[1], 2);
	CHECK_EQUAL(data.ulAssemblyRosterIndex, 2);
	CHECK(data.hActCtx == NULL && other.hActCtx == context);
	CHECK(data.lpSectionBase == other.lpSectionBase);
	CHECK_EQUAL(((DWORD *)data.lpSectionBase)[0], 0x64487353);
	CHECK_EQUAL(((DWORD *)data.lpSectionBase)[5], 2);
	ReleaseActCtx(other.hActCtx);
	CHECK(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_WINDOW_CLASS_REDIRECTION, L"ClassOne", &data));
	CHECK(wcscmp((WCHAR *)((char *)data.lpData + ((DWORD *)data.lpData)[3]), L"6.5.4.3!ClassOne") == 0);
	CHECK(wcscmp((WCHAR *)((char *)data.lpSectionBase + ((DWORD *)data.lpData)[5]), L"one.dll") == 0);
	CHECK(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_WINDOW_CLASS_REDIRECTION, L"ClassTwo", &data));
	CHECK(wcscmp((WCHAR *)((char *)data.lpData + ((DWORD *)data.lpData)[3]), L"ClassTwo") == 0);
	CHECK(DeactivateActCtx(0, cookie));
	ReleaseActCtx(context);
}

int main(void)
{
	WCHAR *name;

	GetModuleFileNameW(NULL, program, MAX_PATH);
	wcscpy(program_folder, program);
	wcsrchr(program_folder, L'\\')[1] = 0;
	GetTempPathW(MAX_PATH, folder);
	name = folder + wcslen(folder);
	swprintf(name, 64, L"pewter-contexts-%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryW(folder, NULL));
	CHECK(SetCurrentDirectoryW(folder));
	GetFullPathNameW(L"root.manifest", MAX_PATH, root_path, NULL);
	manifests();
	damaged_manifests();
	active_ones();
	wrong_cookies();
	threads_and_fibers();
	informations();
	DeleteFileA("root.manifest");
	DeleteFileA("part.manifest");
	SetCurrentDirectoryW(program_folder);
	CHECK(RemoveDirectoryW(folder));
	return guest_result();
}
